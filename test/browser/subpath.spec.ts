// Everything works where the public address has a path.
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import { paste } from './harness/server';
import { setUp } from './harness/team';

test.use({ path: '/team/chat' });

test('rooms, keys and live messages below a path', async ({ server, browse }) => {
  expect(server.url).toMatch(/\/team\/chat$/);
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  const page = await browse(ada, '/r/1');
  await expect(heading(page, 'General')).toBeVisible();
  await expect(page).toHaveURL(`${server.url}/r/1`);
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await page.getByRole('button', { name: /Show key and code/ }).click();
  const command = await page.getByLabel('Code for curl').innerText();
  expect(command).toContain(`${server.url}/api/messaging/messages`);
  expect(command).toContain(key.token);
  await paste(command);
  await expect(messageWith(page, 'Hello from Build server')).toBeVisible();
  await page.getByRole('link', { name: 'Invite and manage people' }).click();
  await expect(page).toHaveURL(`${server.url}/people`);
  await page.getByRole('button', { name: 'Make an invite link' }).click();
  const invite = await page.getByLabel('Invite link', { exact: true }).inputValue();
  expect(invite).toContain(`${server.url}/invite#`);
  const guest = await browse(null, invite);
  await expect(heading(guest, 'Join Northwind')).toBeVisible();
  await page.reload();
  await expect(heading(page, 'People')).toBeVisible();
  await page.goBack();
  await expect(composer(page)).toBeVisible();
});
