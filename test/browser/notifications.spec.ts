// Messages that come while nobody looks: from a program's post to a notification, and from there to the room.
import type { Page, Worker } from '@playwright/test';
import { test as base, expect, heading, messageWith } from './harness/fixtures';
import { PushService } from './harness/pushservice';
import type { Server } from './harness/server';
import { join, type Key, type Person, post, setUp } from './harness/team';

const test = base.extend<{ pushes: PushService }>({
  // biome-ignore lint/correctness/noEmptyPattern: this is how fixtures without needs are written
  pushes: async ({}, use) => {
    const pushes = new PushService();
    await pushes.start();
    await use(pushes);
    await pushes.stop();
  },
});
// Below a path, so that nothing of it works only at the top. The push service of the tests is on this machine.
test.slow();
test.use({ path: '/team/chat', flags: ['--allowed-networks', '127.0.0.0/8'] });

/** The little of a service worker's surroundings that these tests need. */
type ServiceWorkerScope = {
  registration: ServiceWorkerRegistration;
  clients: { openWindow: (url: string) => Promise<void> };
  NotificationEvent: new (
    type: string,
    init: { notification: Notification },
  ) => Event & { waitUntil: (work: Promise<unknown>) => void };
};

type Browse = (who: Person | null, path?: string, options?: object) => Promise<Page>;

/** Ines's browser, which may show notifications, in the room General; a key posts to another room. */
async function ines(server: Server, browse: Browse, pushes: PushService) {
  const ada = await setUp(server, 'Ada Park');
  const [person] = await join(ada, 'Ines Costa');
  if (!person) throw new Error('nobody joined');
  const releases = await ada.room('Releases', person);
  const key = await ada.key(releases, 'Build server');
  const page = await browse(person, '/r/1', { permissions: ['notifications'] });
  await pushes.serve(page, server.url);
  await page.reload();
  await expect(heading(page, 'General')).toBeVisible();
  return { page, ada, person, key, releases };
}

async function openProfile(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Ines Costa: profile and more' }).click();
  await page.getByRole('menuitem', { name: 'Profile and password' }).click();
}

async function switchOn(page: Page): Promise<void> {
  await openProfile(page);
  await page.getByRole('button', { name: 'Switch on notifications' }).click();
  await expect(page.getByText('This browser tells you of new messages')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Switch off notifications' })).toBeFocused();
  await page.keyboard.press('Escape');
  await takeTurns(worker(page));
}

/**
 * Has the worker show notifications and list them one after the other: Chromium forgets one that is shown while
 * it makes a list.
 */
const takeTurns = (sw: Worker): Promise<void> =>
  sw.evaluate(() => {
    const { registration } = globalThis as unknown as ServiceWorkerScope;
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
      const bound = act.bind(registration);
      return (...args: A): Promise<R> => {
        const mine = last.then(() => bound(...args));
        last = mine.catch(() => {});
        return mine;
      };
    };
    registration.showNotification = inTurn(registration.showNotification);
    registration.getNotifications = inTurn(registration.getNotifications);
  });

/** What is on show, as [title, body]. */
const shown = (page: Page) =>
  worker(page).evaluate(async () => {
    const { registration } = globalThis as unknown as ServiceWorkerScope;
    return (await registration.getNotifications()).map((n) => [n.title, n.body]);
  });

const worker = (page: Page): Worker => {
  const [found] = page.context().serviceWorkers();
  if (!found) throw new Error('no service worker');
  return found;
};

/**
 * Presses the notification on show, as far as a test can: events that scripts make may not be waited for, and
 * allow no window to be opened. Gives the address of the window that would have been.
 */
const press = (sw: Worker): Promise<string | null> =>
  sw.evaluate(async () => {
    const { registration, clients, NotificationEvent } = globalThis as unknown as ServiceWorkerScope;
    let opened: string | null = null;
    clients.openWindow = async (url) => {
      opened = url;
    };
    const [notification] = await registration.getNotifications();
    if (!notification) throw new Error('nothing is on show');
    const event = new NotificationEvent('notificationclick', { notification });
    let done: Promise<unknown> = Promise.resolve();
    event.waitUntil = (work) => {
      done = work;
    };
    globalThis.dispatchEvent(event);
    await done;
    return opened;
  });

/** Posts, and waits until the push has reached the browser. */
async function push(server: Server, pushes: PushService, key: Key, text: string): Promise<void> {
  await post(server, key, text);
  await expect.poll(() => pushes.pushed.map((p) => p.body), { timeout: 30_000 }).toContain(text);
}

test('a message is shown as a notification that leads to its room', async ({ server, browse, pushes }) => {
  const { page, key, releases } = await ines(server, browse, pushes);
  expect(page.context().serviceWorkers()).toEqual([]);
  await switchOn(page);
  // The page lists what is on show when a room is read, not as a message comes: the browser might forget it.
  const lists = await page.evaluateHandle(() => {
    const withUnread: boolean[] = [];
    const list = ServiceWorkerRegistration.prototype.getNotifications;
    ServiceWorkerRegistration.prototype.getNotifications = function (filter) {
      withUnread.push(document.title.startsWith('('));
      return list.call(this, filter);
    };
    return withUnread;
  });
  await push(server, pushes, key, 'Build 812 **failed**');
  const first = ['Build server · Releases', 'Build 812 **failed**'];
  await expect.poll(() => shown(page)).toEqual([first]);
  expect(pushes.pushed[0]?.roomId).toBe(releases);
  // A newer message of the room takes its place.
  await push(server, pushes, key, 'Build 813 passed');
  await expect.poll(() => shown(page)).toEqual([['Build server · Releases', 'Build 813 passed']]);

  await page.getByRole('link', { name: /^General/ }).focus();
  await press(worker(page));
  await expect(heading(page, 'Releases')).toBeVisible();
  await expect(page).toHaveURL(`${server.url}/r/${releases}`);
  await expect.poll(() => shown(page)).toEqual([]);
  await expect.poll(() => lists.jsonValue()).toEqual([false]);
});

test('a notification opens the app where no tab is left to show its room', async ({ server, browse, pushes }) => {
  const { page, key, releases } = await ines(server, browse, pushes);
  await switchOn(page);
  await push(server, pushes, key, 'Deploy finished');
  await expect.poll(() => shown(page)).toHaveLength(1);
  const sw = worker(page);
  await page.goto('about:blank');
  expect(await press(sw)).toBe(`${server.url}/r/${releases}`);
});

test('what is read is not shown, and what was shown goes when it is read', async ({
  server,
  browse,
  pushes,
  watch,
}) => {
  watch.expect(/\/seen\)$/);
  const { page, ada, person, key, releases } = await ines(server, browse, pushes);
  const elsewhere = await ada.key(await ada.room('Incidents', person), 'Uptime');
  await switchOn(page);
  await push(server, pushes, key, 'not looked at');
  await expect.poll(() => shown(page)).toHaveLength(1);
  await person.see(releases); // on another device
  await expect.poll(() => shown(page)).toEqual([]);

  // Pushed before the server knows that it is seen.
  await page.route('**/seen', (route) => route.abort());
  await page.getByRole('link', { name: /^Releases/ }).click();
  await expect(messageWith(page, 'not looked at')).toBeVisible();
  const questions = await page.evaluateHandle(() => {
    const heard: unknown[] = [];
    navigator.serviceWorker.addEventListener('message', (e) => heard.push(e.data));
    return heard;
  });
  const told = await worker(page).evaluateHandle(() => {
    const { registration } = globalThis as unknown as ServiceWorkerScope;
    const titles: string[] = [];
    const show = registration.showNotification.bind(registration);
    registration.showNotification = (title, options) => {
      titles.push(title);
      return show(title, options);
    };
    return titles;
  });
  await push(server, pushes, key, 'read as it comes');
  await expect.poll(() => questions.jsonValue()).toEqual([{ kind: 'reads', roomId: releases }]);
  await expect(messageWith(page, 'read as it comes')).toBeVisible();
  await push(server, pushes, elsewhere, 'not read');
  await expect.poll(() => shown(page)).toEqual([['Uptime · Incidents', 'not read']]);
  expect(await told.jsonValue()).toEqual(['Uptime · Incidents']);
});

test('a browser that moves to another address tells the server', async ({ server, browse, pushes }) => {
  const { page, key } = await ines(server, browse, pushes);
  await switchOn(page);
  const { key: serverKey, ...address } = pushes.move();
  const asked = await worker(page).evaluate(async (to) => {
    const { registration } = globalThis as unknown as ServiceWorkerScope;
    let applicationServerKey: unknown;
    registration.pushManager.subscribe = async (options) => {
      applicationServerKey = options?.applicationServerKey;
      return { toJSON: () => to } as unknown as PushSubscription;
    };
    let done: Promise<unknown> = Promise.resolve();
    const waitUntil = (work: Promise<unknown>) => {
      done = work;
    };
    globalThis.dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), { waitUntil }));
    await done;
    return applicationServerKey;
  }, address);
  expect(asked).toBe(serverKey);
  await push(server, pushes, key, 'at the new address');
});

test('signing out ends it, in the browser and on the server', async ({ server, browse, pushes }) => {
  const { page, person, key } = await ines(server, browse, pushes);
  await switchOn(page);
  await push(server, pushes, key, 'before');
  await expect.poll(() => shown(page)).toHaveLength(1);
  // It outlives the page.
  await page.reload();
  await openProfile(page);
  await expect(page.getByText('This browser tells you of new messages')).toBeVisible();
  await page.keyboard.press('Escape');

  const ended = page.waitForResponse(
    (r) => r.url().endsWith('/push/subscription') && r.request().method() === 'DELETE',
  );
  await page.getByRole('button', { name: 'Ines Costa: profile and more' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  expect((await ended).status()).toBe(200);
  await expect(heading(page, 'Sign in to Northwind')).toBeVisible();
  expect(pushes.subscribed).toBeNull();
  expect(await shown(page)).toEqual([]);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await openProfile(page);
  await expect(page.getByText('This browser can tell you of new messages')).toBeVisible();
  expect(pushes.subscribed).toBeNull();
});

test('the profile tells what stands in the way', async ({ server, browse, pushes }) => {
  const { page } = await ines(server, browse, pushes);
  const devtools = await page.context().newCDPSession(page);
  const { browserContextId } = (await devtools.send('Target.getTargetInfo')).targetInfo;
  const permit = (setting: 'denied' | 'granted') =>
    devtools.send('Browser.setPermission', {
      permission: { name: 'notifications' },
      setting,
      origin: new URL(server.url).origin,
      browserContextId,
    });
  await permit('denied');
  await openProfile(page);
  await expect(page.getByText('This browser blocks notifications from Spika.')).toBeVisible();
  await permit('granted');
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByRole('button', { name: 'Switch on notifications' })).toBeVisible();
  expect(page.context().serviceWorkers()).toEqual([]);
});
