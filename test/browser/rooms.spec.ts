// Rooms: made, filled, found, left and lost.
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import { join, post, setUp } from './harness/team';

test('a room is made with people in it, and they see it at once', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa', 'Bo Lind');
  const other = await browse(ines ?? null);
  const page = await browse(ada);
  await page.getByRole('button', { name: 'Create a room' }).click();
  await page.getByLabel('Room name').fill('Releases');
  await page.getByLabel(/^People/).fill('ine');
  await page.getByRole('dialog').getByText('Ines Costa').click();
  await page.getByRole('button', { name: 'Create room' }).click();
  await expect(heading(page, 'Releases')).toBeVisible();
  await composer(page).fill('welcome');
  await composer(page).press('Enter');
  const entry = other.getByRole('link', { name: /^Releases/ });
  await expect(entry).toContainText('1 unread message');
  await entry.click();
  await expect(messageWith(other, 'welcome')).toBeVisible();
  await expect(entry).not.toContainText('unread');
});

test('rooms are ordered by the newest message and counted when unread', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const quiet = await ada.room('Quiet');
  await ada.room('Busy');
  const key = await ada.key(quiet, 'Build server');
  await ada.say(1, 'first');
  const page = await browse(ada, '/r/1');
  await expect(messageWith(page, 'first')).toBeVisible();
  const names = () => page.getByRole('navigation').locator('.room-link-name').allInnerTexts();
  await expect.poll(names).toEqual(['General', 'Busy', 'Quiet']);
  await post(server, key, 'one');
  await post(server, key, 'two');
  await expect.poll(names).toEqual(['Quiet', 'General', 'Busy']);
  await expect(page.getByRole('link', { name: /^Quiet/ })).toContainText('2 unread messages');
  await expect(page).toHaveTitle('(2) Northwind');
  await page.keyboard.press('Alt+Shift+ArrowDown');
  await expect(heading(page, 'Quiet')).toBeVisible();
  await expect(page).toHaveTitle('Northwind');
});

test('a direct message goes to one person', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const page = await browse(ada);
  await page.getByRole('button', { name: 'Start a direct message' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Ines Costa/ })
    .click();
  await expect(heading(page, 'Ines Costa')).toBeVisible();
  await composer(page).fill('just between us');
  await composer(page).press('Enter');
  const other = await browse(ines ?? null);
  await other.getByRole('link', { name: /^Ada Park/ }).click();
  await expect(messageWith(other, 'just between us')).toBeVisible();
  await expect(messageWith(page, 'just between us').getByText('Seen', { exact: true })).toBeVisible();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('gener');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'General')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('ines');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Ines Costa')).toBeVisible();
});

test('admins add, promote and remove people, who are told', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const roomId = await ada.room('Releases');
  const page = await browse(ada, `/r/${roomId}`);
  const other = await browse(ines ?? null);
  await page.getByRole('button', { name: /^Members/ }).click();
  await page.getByRole('button', { name: 'Add people' }).last().click();
  await page.getByRole('dialog').getByText('Ines Costa').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await other.getByRole('link', { name: /^Releases/ }).click();
  await expect(heading(other, 'Releases')).toBeVisible();

  const menu = async (item: string) => {
    await page.getByRole('button', { name: 'Actions for Ines Costa' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const row = page.getByRole('complementary').getByRole('listitem').filter({ hasText: 'Ines Costa' });
  await menu('Make room admin');
  await expect(row).toContainText('Room admin');
  await menu('Remove as room admin');
  await expect(row).not.toContainText('Room admin');
  await menu('Remove from room');
  await expect(row).toHaveCount(0);
  await expect(other.getByText('You are not in this room any more')).toBeVisible();
  await expect(other.getByRole('link', { name: /^Releases/ })).toHaveCount(0);
  await other.getByRole('link', { name: 'Go to your rooms' }).click();
  await expect(heading(other, 'General')).toBeVisible();
});

test('the only admin hands a room over before leaving it', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  if (!ines) throw new Error('nobody joined');
  const roomId = await ada.room('Releases', ines);
  const page = await browse(ada, `/r/${roomId}`);
  await page.getByRole('button', { name: /^Members/ }).click();
  await page.getByRole('button', { name: 'Leave room' }).click();
  const leave = page.getByRole('dialog').getByRole('button', { name: 'Leave room' });
  await expect(leave).toBeDisabled();
  await page.getByLabel(/Who shall be admin next/).selectOption('Ines Costa');
  await leave.click();
  await expect(heading(page, 'General')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Releases/ })).toHaveCount(0);
});

test('a room is renamed and deleted, for everyone in it', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  if (!ines) throw new Error('nobody joined');
  const roomId = await ada.room('Releases', ines);
  const page = await browse(ada, `/r/${roomId}`);
  const other = await browse(ines, `/r/${roomId}`);
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Launches');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await expect(heading(other, 'Launches')).toBeVisible();
  await page.getByRole('button', { name: 'Delete room' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete room' }).click();
  await expect(heading(page, 'General')).toBeVisible();
  await expect(other.getByText('This room was deleted')).toBeVisible();
});

test('addresses that lead nowhere say so', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  for (const path of ['/no/such/page', '/r/x', '/r/0']) {
    const page = await browse(ada, path);
    await expect(heading(page, 'Page not found')).toBeVisible();
  }
  const page = await browse(ada, '/r/4711');
  await expect(page.getByText('You are not in this room')).toBeVisible();
});

test('a page whose code is gone after an update offers to reload', async ({ server, browse, watch }) => {
  watch.expect(/ERR_FAILED|Failed to fetch dynamically imported module|People/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  await page.route('**/assets/People-*.js', (route) => route.abort());
  await page.getByRole('link', { name: 'Invite and manage people' }).click();
  await expect(heading(page, 'This page stopped working')).toBeAttached();
  await page.unroute('**/assets/People-*.js');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(heading(page, 'People')).toBeVisible();
});
