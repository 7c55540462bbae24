// The server goes away and comes back: the page says so, and nothing is lost or doubled.
import type { Page } from '@playwright/test';
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import type { Server } from './harness/server';
import { join, type Key, post, setUp } from './harness/team';

const lost =
  /ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/;

/** The texts of the messages on the page, in order. */
const texts = (page: Page) => page.getByRole('feed').locator('article .body').allInnerTexts();

/** Posts until it is stored, as a program with retries does. */
async function postSurely(server: Server, key: Key, text: string): Promise<void> {
  for (;;) {
    try {
      await post(server, key, text, text);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

test('messages posted while the page was cut off appear once, in order', async ({ server, browse, watch }) => {
  watch.expect(lost);
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const key = await ada.key(1, 'Build server');
  const pages = [await browse(ada), await browse(ines ?? null)] as const;
  await post(server, key, 'before');
  for (const page of pages) await expect(messageWith(page, 'before')).toBeVisible();

  await server.kill();
  const [a, b] = pages;
  for (const page of pages) await expect(page.getByText('Reconnecting…')).toBeVisible();
  await composer(a).fill('written while it was away');
  await composer(a).press('Enter');
  await expect(messageWith(a, 'written while it was away').getByText('Waiting to be sent')).toBeVisible();

  await server.start();
  const meanwhile = ['one', 'two', 'three', 'four', 'five'];
  for (const text of meanwhile) await post(server, key, text);
  for (const page of pages) {
    await expect(page.getByText('Reconnecting…')).toBeHidden({ timeout: 20_000 });
    await expect(messageWith(page, 'written while it was away')).toHaveCount(1);
    await expect(page.getByText('Waiting to be sent')).toHaveCount(0);
    const all = await texts(page);
    expect(all.filter((t) => meanwhile.includes(t))).toEqual(meanwhile);
    expect(new Set(all).size).toBe(all.length);
  }
  expect(await texts(a)).toEqual(await texts(b));
  await expect(messageWith(b, 'five').getByRole('button', { name: /^Seen by 2 of 2/ })).toBeVisible();
});

test('a server that is killed again and again under posts loses and doubles nothing', async ({
  server,
  browse,
  watch,
}) => {
  test.slow();
  watch.expect(lost);
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  const wanted = Array.from({ length: 20 }, (_, i) => `message ${String(i + 1).padStart(2, '0')}`);
  const posting = (async () => {
    for (const text of wanted) {
      await postSurely(server, key, text);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await server.kill();
    await server.start();
  }
  await posting;
  await expect(messageWith(page, 'message 20')).toBeVisible({ timeout: 20_000 });
  await expect.poll(() => texts(page)).toEqual(wanted);
});

test('a page opened while the server is away says so and starts when asked', async ({ server, browse, watch }) => {
  watch.expect(lost, /Failed to load resource/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  await page.route('**/api/messenger/**', (route) => route.abort());
  await page.reload();
  await expect(heading(page, 'The server cannot be reached')).toBeAttached();
  await page.unroute('**/api/messenger/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(composer(page)).toBeVisible();
});

test('a draft and an unsent message outlive the page', async ({ server, browse, watch }) => {
  watch.expect(lost, /Failed to load resource/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await page.route('**/api/messenger/messages', (route) => route.abort());
  await composer(page).fill('not sent yet');
  await composer(page).press('Enter');
  await expect(messageWith(page, 'not sent yet').getByText('Waiting to be sent')).toBeVisible();
  await composer(page).fill('half a thought');
  await page.unroute('**/api/messenger/messages');
  await page.reload();
  await expect(messageWith(page, 'not sent yet').getByText('Sent', { exact: true })).toBeVisible();
  await expect(composer(page)).toHaveValue('half a thought');
});

test('a session that ends elsewhere ends here', async ({ server, browse, watch }) => {
  watch.expect(/401/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  await ada.call('PUT', '/me/password', { currentPassword: ada.password, newPassword: 'quite another password' });
  await expect(page.getByText('You were signed out. Sign in to carry on.')).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByLabel('Password', { exact: true }).fill('quite another password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(composer(page)).toBeVisible();
});
