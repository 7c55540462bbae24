// The ways into the team and what its admins can do for people.
import { composer, expect, heading, test } from './harness/fixtures';
import { join, setUp } from './harness/team';

test('a link that was taken back lets nobody in', async ({ server, browse, watch }) => {
  watch.expect(/404/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada, '/people');
  await page.getByLabel('Works for').selectOption('1 day');
  await page.getByRole('button', { name: 'Make an invite link' }).click();
  const link = await page.getByLabel('Invite link', { exact: true }).inputValue();
  await expect(page.getByText(/Ends (tomorrow|in (23|24) hours|in 1 day) · nobody joined yet/)).toBeVisible();
  await page.getByRole('button', { name: 'Take back' }).click();
  await expect(page.getByLabel('Invite link', { exact: true })).toBeHidden();
  await expect(page.getByText('nobody joined yet')).toBeHidden();
  const guest = await browse(null, link);
  await expect(heading(guest, 'This link does not work any more')).toBeVisible();
});

test('who joins appears at once, in the room that was chosen', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  await ada.room('Releases');
  const page = await browse(ada, '/people');
  await page.getByLabel('They start in').selectOption('Releases');
  await page.getByRole('button', { name: 'Make an invite link' }).click();
  const guest = await browse(null, await page.getByLabel('Invite link', { exact: true }).inputValue());
  await guest.getByRole('button', { name: 'Join' }).click();
  await expect(guest.getByText('Enter a name.')).toBeVisible();
  await guest.getByLabel('Your name').fill('Bo Lind');
  await guest.getByLabel('E-mail').fill('bo@example.org');
  await guest.getByLabel('Password', { exact: true }).fill('short');
  await guest.getByRole('button', { name: 'Join' }).click();
  await expect(guest.getByText(/5 more to go/)).toBeVisible();
  await guest.getByLabel('Password', { exact: true }).fill('long enough now');
  await guest.getByRole('button', { name: 'Join' }).click();
  await expect(heading(guest, 'Releases')).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: 'bo@example.org' });
  await expect(row).toContainText('Bo Lind');
  await expect(page.getByText(/1 person joined/)).toBeVisible();
});

test('a person who was added gets in by link, once', async ({ server, browse, watch }) => {
  watch.expect(/404/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada, '/people');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Chidi Okafor');
  await dialog.getByLabel('E-mail').fill('chidi@example.org');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const link = await dialog.getByLabel('Sign-in link').inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Chidi Okafor' })).toContainText('Never signed in');

  const chidi = await browse(null, link);
  await expect(heading(chidi, 'Choose a password')).toBeVisible();
  await chidi.getByLabel('New password', { exact: true }).fill('my very own password');
  await chidi.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(heading(chidi, 'General')).toBeVisible();
  const again = await browse(null, link);
  await expect(heading(again, 'This link does not work any more')).toBeVisible();
});

test('a password is reset by a link that an admin makes', async ({ server, browse, watch }) => {
  watch.expect(/401/);
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const signedIn = await browse(ines ?? null);
  await expect(composer(signedIn)).toBeVisible();
  const page = await browse(ada, '/people');
  await page.getByRole('button', { name: 'Actions for Ines Costa' }).click();
  await page.getByRole('menuitem', { name: 'Make a password link' }).click();
  const link = await page.getByRole('dialog').getByLabel('Password link').inputValue();
  const other = await browse(null, link);
  await expect(other.getByText('For Ines Costa at Northwind.')).toBeVisible();
  await other.getByLabel('New password', { exact: true }).fill('a brand new password');
  await other.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(composer(other)).toBeVisible();
  await expect(signedIn.getByText('You were signed out. Sign in to carry on.')).toBeVisible({ timeout: 20_000 });
});

test('the owner makes admins, who may then do what admins may', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines, bo] = await join(ada, 'Ines Costa', 'Bo Lind');
  const page = await browse(ada, '/people');
  await page.getByRole('button', { name: 'Actions for Ines Costa' }).click();
  await page.getByRole('menuitem', { name: 'Make admin' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'ines@example.org' })).toContainText('Admin');

  const admin = await browse(ines ?? null, '/people');
  await admin.getByRole('button', { name: 'Actions for Bo Lind' }).click();
  await expect(admin.getByRole('menuitem', { name: 'Make a password link' })).toBeVisible();
  await expect(admin.getByRole('menuitem', { name: 'Make admin' })).toHaveCount(0);
  await admin.keyboard.press('Escape');
  await admin.getByRole('button', { name: 'Actions for Ada Park' }).click();
  await expect(admin.getByRole('menuitem', { name: 'Make a password link' })).toHaveCount(0);

  const member = await browse(bo ?? null, '/people');
  await expect(member.getByText('Only admins can manage people')).toBeVisible();
  await expect(member.getByRole('link', { name: 'Invite and manage people' })).toHaveCount(0);
});

test('one changes one’s own name and password, and looks as one likes', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  await ada.say(1, 'hello');
  const other = await browse(ines ?? null);
  const page = await browse(ada);
  await page.getByRole('button', { name: 'Ada Park: profile and more' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('menuitem', { name: 'Profile and password' }).click();
  await page.getByLabel('Your name').fill('Ada Byron');
  await page.getByRole('button', { name: 'Change name' }).click();
  await expect(page.getByRole('button', { name: 'Ada Byron: profile and more' })).toBeAttached();
  await page.getByLabel('Current password', { exact: true }).fill('not this one');
  await page.getByLabel('New password', { exact: true }).fill('a much better password');
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await other.getByRole('button', { name: /^Members/ }).click();
  await expect(other.getByRole('complementary').getByText('Ada Byron')).toBeVisible();
  await page.getByRole('button', { name: 'Ada Byron: profile and more' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(heading(page, 'Sign in to Northwind')).toBeVisible();
});
