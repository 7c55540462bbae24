// The pictures for the documentation, in docs/screenshots when SPIKA_SCREENSHOTS is set. They are taken
// in every run, so that the screens they show cannot break unnoticed.
import { join as path } from 'node:path';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import { standStill } from './harness/still';
import { join, type Key, type Person, post, setUp } from './harness/team';

const folder = path(__dirname, '..', '..', 'docs', 'screenshots');
const dark = { colorScheme: 'dark' } as const;
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const tablet = { viewport: { width: 900, height: 800 } };

type Team = { ada: Person; ines: Person; bo: Person; releases: number; times: Map<number, string> };

const backoff = [
  'Nice. Here is the retry, as we said:',
  '```go',
  'func backoff(n int) time.Duration {',
  '\td := base << n // doubles each try',
  '\treturn min(d, limit)',
  '}',
  '```',
].join('\n');

/** A team in the middle of a working day. */
async function workingDay(ada: Person): Promise<Team> {
  const [ines, bo, chidi, hana] = await join(ada, 'Ines Costa', 'Bo Lind', 'Chidi Okafor', 'Hana Sato');
  if (!ines || !bo || !chidi || !hana) throw new Error('nobody joined');
  const times = new Map<number, string>();
  const say = async (who: Person, room: number, time: string, text: string, reply?: number) => {
    const id = await who.say(room, text, reply);
    times.set(id, time);
    return id;
  };
  const bot = async (key: Key, time: string, text: string) => times.set((await post(ada.server, key, text)).id, time);

  const everyone = [ines, bo, chidi, hana];
  const design = await ada.room('Design', ...everyone);
  const support = await ada.room('Support', ...everyone);
  const incidents = await ada.room('Incidents', ...everyone);
  const releases = await ada.room('Releases', ...everyone);
  const [build, deploys] = [await ada.key(releases, 'Build server'), await ada.key(releases, 'Deploys')];
  const uptime = await ada.key(incidents, 'Uptime');

  await say(hana, await ada.privateRoom(hana), '09:12', 'Lunch?');
  await say(bo, 1, '09:30', 'Good morning');
  await say(chidi, design, '10:02', 'New icons are in');
  await ada.see(design);
  await ada.see(1);
  await say(hana, support, '12:20', 'Two new questions since yesterday');
  await bot(uptime, '13:07', '`api-3` is back after 41 s');
  await bot(uptime, '13:09', 'All checks pass');
  await say(ines, releases, '13:41', 'Morning all. **2.4** is cut, the list is at https://example.org/plan');
  await bot(build, '13:52', 'Build **812** passed in 3 min 12 s, 1,204 tests');
  const retry = await say(ada, releases, '13:54', backoff);
  await say(bo, releases, '13:58', 'Five tries is plenty. Ship it 👍', retry);
  await bot(deploys, '14:03', 'Deploy of `v2.4.0` to **staging** finished\n- api 3/3\n- web 2/2');
  await bot(deploys, '14:05', 'Smoke tests: 42 passed');
  await Promise.all([...everyone, ada].map((p) => p.see(releases)));
  await say(ada, releases, '14:06', 'Looks good here. Production at 14:30, unless somebody objects.');
  await Promise.all([ines, bo].map((p) => p.see(releases)));
  await say(bo, await ada.privateRoom(bo), '14:07', 'Do you have a minute?');
  return { ada, ines, bo, releases, times };
}

test.describe('pictures', () => {
  test.slow();

  /** Takes the picture once two in a row are the same: a screen that goes on moving is not finished. */
  async function picture(page: Page, name: string, path_: string): Promise<void> {
    await page.evaluate(() => document.fonts.ready);
    await expect(page.locator('.toasts p')).toHaveCount(0);
    const shoot = () =>
      page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css', path: `${path_}/${name}.png` });
    let before = await shoot();
    const still = async () => {
      const now = await shoot();
      const same = before.equals(now);
      before = now;
      return same;
    };
    await expect.poll(still, `${name} comes to rest`).toBe(true);
  }

  const target = (outputDir: string): string => (process.env.SPIKA_SCREENSHOTS ? folder : outputDir);

  test('of rooms and messages', async ({ server, browse }, info) => {
    const team = await workingDay(await setUp(server, 'Ada Park'));
    const to = target(info.outputDir);
    const open = async (options: BrowserContextOptions, at = `/r/${team.releases}`) => {
      const page = await browse(null, '/', options);
      await page
        .context()
        .addCookies([
          { name: 'spika_session', value: await team.ada.session(), domain: '127.0.0.1', path: '/', httpOnly: true },
        ]);
      await standStill(page, team.times);
      await page.goto(server.url + at);
      return page;
    };
    const shown = (page: Page) =>
      expect(messageWith(page, 'Looks good here').getByRole('button', { name: /^Seen by 2/ })).toBeVisible();

    const light = await open({});
    await shown(light);
    await picture(light, 'room-light', to);
    await light.getByRole('button', { name: 'Room settings and API keys' }).click();
    await light.getByRole('button', { name: /^Deploys/ }).click();
    await expect(light.getByLabel('Code for curl')).toBeVisible();
    await light.mouse.move(600, 20);
    await picture(light, 'settings-light', to);
    await light.close();

    const night = await open(dark);
    await shown(night);
    await night.getByRole('button', { name: /^Members/ }).click();
    await messageWith(night, 'Looks good here')
      .getByRole('button', { name: /^Seen by 2/ })
      .click();
    await expect(night.getByRole('dialog').getByText('Ines Costa')).toBeVisible();
    await picture(night, 'room-dark', to);
    await night.keyboard.press('Escape');
    await night.keyboard.press('Control+k');
    await expect(night.getByRole('option', { name: /Chidi Okafor/ })).toBeVisible();
    await picture(night, 'switcher-dark', to);
    await night.close();

    const people = await open({}, '/people');
    await people.getByRole('button', { name: 'Make an invite link' }).click();
    await expect(people.getByLabel('Invite link', { exact: true })).toBeVisible();
    await picture(people, 'people-light', to);
    await people.close();

    const narrow = await open(tablet);
    await shown(narrow);
    await narrow.getByRole('button', { name: 'Room settings and API keys' }).click();
    await expect(narrow.getByRole('button', { name: /^Deploys/ })).toBeVisible();
    await picture(narrow, 'tablet-settings-light', to);
  });

  test('on a phone, and before signing in', async ({ server, browse, watch }, info) => {
    watch.expect(/ERR_/);
    const to = target(info.outputDir);
    const setup = await browse(null, server.setupUrl);
    await expect(heading(setup, 'Welcome to Spika')).toBeVisible();
    await picture(setup, 'setup-light', to);
    const team = await workingDay(await setUp(server, 'Ada Park'));
    const signIn = await browse(null, '/', dark);
    await expect(heading(signIn, 'Sign in to Northwind')).toBeVisible();
    await picture(signIn, 'sign-in-dark', to);

    const open = async (options: BrowserContextOptions) => {
      const page = await browse(null, '/', { ...phone, ...options });
      await page
        .context()
        .addCookies([
          { name: 'spika_session', value: await team.ada.session(), domain: '127.0.0.1', path: '/', httpOnly: true },
        ]);
      await standStill(page, team.times);
      await page.goto(`${server.url}/r/${team.releases}`);
      await expect(messageWith(page, 'Looks good here')).toBeVisible();
      return page;
    };
    const light = await open({});
    await picture(light, 'phone-room-light', to);
    await light.getByRole('button', { name: 'Room settings and API keys' }).click();
    await light.getByRole('button', { name: /^Deploys/ }).click();
    await expect(light.getByLabel('Code for curl')).toBeVisible();
    await picture(light, 'phone-settings-light', to);
    const night = await open(dark);
    await night.getByRole('button', { name: 'Rooms and people' }).click();
    await expect(night.getByRole('navigation').getByText('Incidents')).toBeVisible();
    await picture(night, 'phone-rooms-dark', to);
    await night.keyboard.press('Escape');
    await server.kill();
    await expect(night.getByText('Reconnecting…')).toBeVisible();
    await composer(night).fill('I am on the train');
    await night.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(messageWith(night, 'I am on the train').getByText('Waiting to be sent')).toBeVisible();
    await picture(night, 'phone-offline-dark', to);
  });
});
