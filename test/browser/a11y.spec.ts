// Every screen, light, dark and on a phone, without a finding of axe-core.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { expectAccessible } from './harness/axe';
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import { expectLargeTargets } from './harness/targets';
import { join, type Person, post, setUp } from './harness/team';

const looks: Record<string, BrowserContextOptions> = {
  light: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

async function populate(owner: Person): Promise<{ ines: Person; roomId: number }> {
  const [ines, bo] = await join(owner, 'Ines Costa', 'Bo Lind');
  if (!ines || !bo) throw new Error('nobody joined');
  const key = await owner.key(1, 'Build server');
  const first = await ines.say(1, 'Morning! See https://example.org/plan and `code`');
  await owner.say(1, '- one\n- two\n\n```\nfunc main() {}\n```\n\n> quoted\n\n|a|b|\n|-|-|\n|1|2|', first);
  await post(owner.server, key, 'Build 812 **passed**');
  await ines.see(1);
  const roomId = await owner.room('Releases', ines);
  await owner.privateRoom(ines);
  await ines.say(roomId, 'not read yet');
  return { ines, roomId };
}

async function checkScreen(page: Page, screen: string): Promise<void> {
  await expectAccessible(page, screen);
  if ((page.viewportSize()?.width ?? 0) <= 720) await expectLargeTargets(page, screen);
}

/** Opens the list of rooms where it is a drawer. */
async function openRooms(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Rooms and people' });
  if (await menu.isVisible()) await menu.click();
}

for (const [look, options] of Object.entries(looks)) {
  test.describe(look, () => {
    test('before signing in', async ({ server, browse, watch }) => {
      test.slow();
      watch.expect(/404|401/);
      const check = (page: Page, screen: string) => checkScreen(page, `${screen}, ${look}`);
      const open = (path: string) => browse(null, path, options);

      const fresh = await open('/');
      await expect(heading(fresh, 'This server is not set up yet')).toBeVisible();
      await check(fresh, 'not set up');
      const set = await open(server.setupUrl);
      await set.getByRole('button', { name: 'Set up Spika' }).click();
      await expect(set.getByText('Choose a password.')).toBeVisible();
      await check(set, 'set-up with problems');

      const ada = await setUp(server, 'Ada Park');
      const gone = await open(server.setupUrl);
      await expect(heading(gone, 'This link does not work any more')).toBeVisible();
      await check(gone, 'link that is gone');
      const signIn = await open('/');
      await signIn.getByLabel('E-mail').fill('ada@example.org');
      await signIn.getByLabel('Password', { exact: true }).fill('wrong');
      await signIn.getByRole('button', { name: 'Sign in' }).click();
      await expect(signIn.getByRole('alert')).toContainText('Wrong e-mail address or password');
      await check(signIn, 'sign-in with a problem');
      const invite = await open(await ada.invite());
      await expect(heading(invite, 'Join Northwind')).toBeVisible();
      await check(invite, 'accept invite');
      const { link } = await ada.call<{ link: { url: string } }>('POST', `/people/${ada.id}/reset-link`);
      const reset = await open(link.url);
      await expect(heading(reset, 'Choose a password')).toBeVisible();
      await check(reset, 'reset password');
    });

    test('rooms and messages', async ({ server, browse, watch }) => {
      test.slow();
      watch.expect(/ERR_|400/);
      const ada = await setUp(server, 'Ada Park');
      const { roomId } = await populate(ada);
      const page = await browse(ada, '/r/1', options);
      const check = (screen: string) => checkScreen(page, `${screen}, ${look}`);

      await expect(messageWith(page, 'Build 812')).toBeVisible();
      await check('room');
      await messageWith(page, 'Build 812')
        .getByRole('button', { name: /^Seen by/ })
        .click();
      await expect(page.getByRole('dialog').getByText('Ines Costa')).toBeVisible();
      await check('who has seen it');
      await page.keyboard.press('Escape');
      await page.route('**/api/messenger/messages', (route) =>
        route.fulfill({ status: 400, json: { status: 'error', message: 'Invalid type' } }),
      );
      await composer(page).fill('refused');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await expect(page.getByText('Not sent.')).toBeVisible();
      await check('a message that was refused');

      await openRooms(page);
      await check('list of rooms');
      await page.getByRole('link', { name: /^Releases/ }).click();
      await expect(heading(page, 'Releases')).toBeVisible();
      await check('room with the New line');
      await page.goto(`${server.url}/r/4711`);
      await expect(page.getByText('You are not in this room')).toBeVisible();
      await check('no such room');
      await page.goto(`${server.url}/nowhere`);
      await expect(heading(page, 'Page not found')).toBeVisible();
      await check('no such page');
      await page.goto(`${server.url}/r/${roomId}`);
      await expect(composer(page)).toBeVisible();
      await server.kill();
      await expect(page.getByText('Reconnecting…')).toBeVisible();
      await check('offline');
    });

    test('the side panel', async ({ server, browse }) => {
      test.slow();
      const ada = await setUp(server, 'Ada Park');
      const { ines } = await populate(ada);
      const page = await browse(ada, '/r/1', options);
      const check = (screen: string) => checkScreen(page, `${screen}, ${look}`);

      await page.getByRole('button', { name: /^Members/ }).click();
      await expect(page.getByText('Posts with an API key')).toBeVisible();
      await check('members');
      await page.getByRole('button', { name: 'Actions for Ines Costa' }).click();
      await expect(page.getByRole('menuitem', { name: 'Remove from room' })).toBeVisible();
      await check('menu of a member');
      await page.keyboard.press('Escape');
      await page.getByRole('complementary').getByRole('button', { name: 'Add people' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await check('add people');
      await page.keyboard.press('Escape');
      await page.getByRole('complementary').getByRole('button', { name: 'Leave room' }).click();
      await check('leave room');
      await page.keyboard.press('Escape');

      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('button', { name: /Show key and code/ }).click();
      for (const tab of ['curl', 'spika send', 'Go', 'Python', 'JavaScript']) {
        await page.getByRole('tab', { name: tab, exact: true }).click();
        await check(`key with ${tab}`);
      }
      await page.getByRole('button', { name: 'Copy code' }).click();
      await check('toast');
      await page.getByRole('button', { name: 'New key' }).click();
      await page.getByRole('button', { name: 'Create API key' }).click();
      await expect(page.getByText('Enter a name.')).toBeVisible();
      await check('new key with a problem');
      await page.getByRole('button', { name: 'Actions for Build server' }).click();
      await page.getByRole('menuitem', { name: 'Rename' }).click();
      await check('rename key');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Actions for Build server' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await check('delete key');

      const member = await browse(ines, '/r/1', options);
      await member.getByRole('button', { name: 'Room settings and API keys' }).click();
      await expect(member.getByText(/Only admins of the room/)).toBeVisible();
      await checkScreen(member, `settings of a member, ${look}`);
    });

    test('people and dialogs', async ({ server, browse }) => {
      test.slow();
      const ada = await setUp(server, 'Ada Park');
      const { ines } = await populate(ada);
      const page = await browse(ada, '/people', options);
      const check = (screen: string) => checkScreen(page, `${screen}, ${look}`);

      await page.getByRole('button', { name: 'Make an invite link' }).click();
      await expect(page.getByLabel('Invite link', { exact: true })).toBeVisible();
      await check('people');
      await page.getByRole('button', { name: 'Actions for Bo Lind' }).click();
      await check('menu of a person');
      await page.getByRole('menuitem', { name: 'Make a password link' }).click();
      await expect(page.getByLabel('Password link')).toBeVisible();
      await check('password link');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Add a person' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
      await check('add a person with problems');
      await page.keyboard.press('Escape');

      const dialogs = ['Create a room', 'Start a direct message', /^Go to room or person/];
      for (const name of dialogs) {
        await openRooms(page);
        await page.getByRole('navigation').getByRole('button', { name }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await expect(page.getByRole('dialog').getByText('Ines Costa')).toBeVisible();
        await check(String(name));
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
      }
      for (const name of ['Profile and password', 'Keyboard shortcuts']) {
        await openRooms(page);
        await page.getByRole('button', { name: 'Ada Park: profile and more' }).click();
        await expect(page.getByRole('menuitem', { name })).toBeVisible();
        if (name === 'Keyboard shortcuts') await check('own menu');
        await page.getByRole('menuitem', { name }).click();
        await expect(page.getByRole('dialog', { name })).toBeVisible();
        await check(name);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
      }
      const member = await browse(ines, '/people', options);
      await expect(member.getByText('Only admins can manage people')).toBeVisible();
      await checkScreen(member, `people of a member, ${look}`);
    });
  });
}
