// The main job as it is told to a stranger: set up, make a key, paste the command, see the message arrive.
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import { paste, run, Server } from './harness/server';
import { join, setUp } from './harness/team';

test('from the printed link to a message on two screens', async ({ server, browse }) => {
  const owner = await browse(null, server.setupUrl);
  await owner.getByLabel('Team name').fill('Northwind');
  await owner.getByLabel('Your name').fill('Ada Park');
  await owner.getByLabel('E-mail').fill('ada@example.org');
  await owner.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await owner.getByRole('button', { name: 'Set up Spika' }).click();
  await expect(heading(owner, 'General')).toBeVisible();

  await owner.getByRole('link', { name: 'Invite and manage people' }).click();
  await owner.getByRole('button', { name: 'Make an invite link' }).click();
  const invite = await owner.getByLabel('Invite link', { exact: true }).inputValue();
  const second = await browse(null, invite);
  await expect(heading(second, 'Join Northwind')).toBeVisible();
  await second.getByLabel('Your name').fill('Ines Costa');
  await second.getByLabel('E-mail').fill('ines@example.org');
  await second.getByLabel('Password', { exact: true }).fill('another long password');
  await second.getByRole('button', { name: 'Join' }).click();
  await expect(heading(second, 'General')).toBeVisible();

  await owner.getByRole('link', { name: /^General/ }).click();
  await owner.getByRole('button', { name: /^Members/ }).click();
  const sidebar = owner.getByRole('complementary', { name: 'Room details' });
  await sidebar.getByRole('tab', { name: 'Settings' }).click();
  await sidebar.getByLabel('Display name').fill(`O'Brien's "build" bot`);
  await sidebar.getByRole('button', { name: 'Create API key' }).click();

  const value = (name: string) => sidebar.locator(`[data-value="${name}"]`);
  await expect(value('API key')).toHaveText(/^[A-Za-z0-9]{43}$/);
  await expect(value('POST URL')).toHaveText(`${server.url}/api/messaging/messages`);
  await expect(value('roomId')).toHaveText('1');
  for (const what of ['API key', 'POST URL', 'room id', 'command']) {
    await expect(sidebar.getByRole('button', { name: `Copy ${what}` })).toBeVisible();
  }
  await expect(sidebar.getByText('Never used')).toBeVisible();

  const command = await sidebar.getByLabel('Code for curl').innerText();
  const answer = JSON.parse(await paste(command));
  expect(answer).toMatchObject({
    status: 'success',
    data: { message: { roomId: 1, deliveredCount: 0, seenCount: 0 } },
  });

  const text = `Hello from O'Brien's "build" bot`;
  for (const page of [owner, second]) {
    const message = messageWith(page, text);
    await expect(message).toHaveCount(1);
    await expect(message.getByText('bot', { exact: true })).toBeVisible();
    await expect(page.getByRole('feed').getByText('New', { exact: true })).toHaveCount(0);
    await expect(message.getByRole('button', { name: /^Seen by 2 of 2/ })).toBeVisible({ timeout: 1000 });
  }

  await messageWith(owner, text)
    .getByRole('button', { name: /^Seen by 2 of 2/ })
    .click();
  const readers = owner.getByRole('dialog', { name: /^Seen by 2 of 2/ });
  for (const name of ['Ada Park', 'Ines Costa']) {
    const line = readers.getByRole('listitem').filter({ hasText: name });
    await expect(line.getByText(/^\d\d:\d\d$/)).toBeVisible();
  }
  await owner.keyboard.press('Escape');
  await expect(sidebar.getByText('Last used just now')).toBeVisible();
});

test('one person answers, the other sees it; states move with it', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const a = await browse(ada);
  await composer(a).fill('Is anybody there?');
  await composer(a).press('Enter');
  const question = messageWith(a, 'Is anybody there?');
  await expect(question.getByText('Sent', { exact: true })).toBeVisible();
  await ines?.receive(1);
  await expect(question.getByText('Delivered to 1')).toBeVisible();
  const b = await browse(ines ?? null);
  await expect(messageWith(b, 'Is anybody there?')).toBeVisible();
  await expect(question.getByText('Seen by 1')).toBeVisible();
  await expect(messageWith(b, 'Is anybody there?').getByText(/Seen|Sent|Delivered/)).toHaveCount(0);
});

test('the other programs work as they stand, too', async ({ server, browse }, info) => {
  test.slow();
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, `Bot's "name" costs $HOME`);
  const page = await browse(ada);
  await page.getByRole('button', { name: 'Room settings and API keys' }).click();
  await page.getByRole('button', { name: /Show key and code/ }).click();
  await expect(page.locator('[data-value="API key"]')).toHaveText(key.token);

  const code = async (tab: string) => {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    return page.getByLabel(`Code for ${tab}`).innerText();
  };
  const { writeFile } = await import('node:fs/promises');
  const file = async (name: string, text: string) => {
    const path = info.outputPath(name);
    await writeFile(path, text);
    return path;
  };
  const arrives = (n: number) => expect(messageWith(page, `Hello from ${key.displayName}`)).toHaveCount(n);

  await paste(await code('curl'));
  await arrives(1);
  await paste(`spika() { "$SPIKA_BIN" "$@"; }\n${await code('spika send')}`, { SPIKA_BIN: Server.binary });
  await arrives(2);
  await run('node', [await file('send.mjs', await code('JavaScript'))]);
  await arrives(3);
  await run('python3', [await file('send.py', await code('Python'))]);
  await arrives(4);
  await run('go', ['run', await file('main.go', await code('Go'))]);
  await arrives(5);
});
