// What can be done with a key after it was made, and who may do it.
import { expect, messageWith, test } from './harness/fixtures';
import { paste } from './harness/server';
import { join, post, setUp } from './harness/team';

test('a key is shown again, renamed, and deleted; then its command fails', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  const page = await browse(ada);
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await page.getByRole('button', { name: /Show key and code/ }).click();
  const command = await page.getByLabel('Code for curl').innerText();
  expect(command).toContain(key.token);
  await paste(command);
  await expect(messageWith(page, 'Hello from Build server')).toBeVisible();

  await page.getByRole('button', { name: 'Actions for Build server' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const name = page.getByRole('dialog').getByLabel('Display name');
  await name.fill('');
  await name.press('Enter');
  await expect(page.getByRole('dialog').getByText('Enter a name.')).toBeVisible();
  await name.fill('Deploys');
  await name.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: /^Deploys/ })).toBeVisible();
  await post(server, key, 'posted under the new name');
  await expect(messageWith(page, 'posted under the new name')).toContainText('Deploys');
  await expect(messageWith(page, 'Hello from Build server')).toContainText('Build server');

  await page.getByRole('button', { name: 'Actions for Deploys' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('button', { name: /^Deploys/ })).toBeVisible();
  await page.getByRole('button', { name: 'Actions for Deploys' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete key' }).click();
  await expect(page.getByLabel('Display name')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'API keys' })).toBeFocused();

  expect(JSON.parse(await paste(command))).toMatchObject({ status: 'error', message: /^Invalid access token/ });
  await expect(paste(command.replace('curl ', 'curl --fail '))).rejects.toThrow(/401/);
  await expect(messageWith(page, 'Hello from Build server')).toHaveCount(1);
});

test('a key made or renamed elsewhere shows without a reload', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await expect(page.getByLabel('Display name')).toBeVisible();
  const key = await ada.key(1, 'From elsewhere');
  await expect(page.getByRole('button', { name: /^From elsewhere/ })).toBeVisible();
  await ada.call('PUT', `/api-keys/${key.id}`, { displayName: 'Renamed elsewhere' });
  await expect(page.getByRole('button', { name: /^Renamed elsewhere/ })).toBeVisible();
});

test('members who may not manage keys are told who can', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  await ada.key(1, 'Build server');
  const page = await browse(ines ?? null);
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await expect(page.getByText(/Only admins of the room can make and see keys: ask Ada Park/)).toBeVisible();
  await expect(page.getByText('Show key and code')).toHaveCount(0);
});

test('what is copied is what is shown', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  const page = await browse(ada, '/', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await page.getByRole('button', { name: /Show key and code/ }).click();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Copy API key' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'API key copied' })).toBeVisible();
  expect(await clipboard()).toBe(key.token);
  await page.getByRole('button', { name: 'Copy command' }).click();
  expect(await clipboard()).toBe(await page.getByLabel('Code for curl').innerText());
});
