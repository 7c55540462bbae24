// What messages carry beside text, and what can be done with them once they are there.
import type { Page } from '@playwright/test';
import { expectAccessible } from './harness/axe';
import { composer, expect, messageWith, test } from './harness/fixtures';
import { join, post, setUp } from './harness/team';

const menu = async (page: Page, text: string, item: string) => {
  await messageWith(page, text).hover();
  await messageWith(page, text).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('one edits, deletes and reacts, and everyone sees it', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  await post(server, await ada.key(1, 'Build server'), 'Build 812 passed');
  const page = await browse(ada);
  const other = await browse(ines ?? null);
  await composer(page).fill('A frist try');
  await composer(page).press('Enter');
  await expect(messageWith(other, 'A frist try')).toBeVisible();

  // Edited with the keyboard alone.
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('e');
  const field = page.getByRole('textbox', { name: 'Edit message' });
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(messageWith(page, 'A frist try')).toBeFocused();
  await page.keyboard.press('e');
  await field.fill('A first try');
  await page.keyboard.press('Enter');
  for (const p of [page, other]) await expect(messageWith(p, 'A first try')).toContainText('(edited)');

  // Reacted to, by two people, and taken back by one.
  await page.keyboard.press('+');
  await page.getByRole('menuitemcheckbox', { name: '🎉' }).click();
  await messageWith(other, 'A first try').hover();
  await other.getByRole('button', { name: '🎉 1: Ada Park' }).click();
  const both = page.getByRole('button', { name: '🎉 2: Ada Park, Ines Costa' });
  await expect(both).toHaveAttribute('aria-pressed', 'true');
  await expectAccessible(page, 'a message with reactions');
  await both.click();
  await expect(other.getByRole('button', { name: '🎉 1: Ines Costa' })).toBeVisible();
  await other.reload();
  await expect(other.getByRole('button', { name: '🎉 1: Ines Costa' })).toBeVisible();

  // What others wrote is deleted for oneself only.
  await messageWith(other, 'A first try').hover();
  await messageWith(other, 'A first try').getByRole('button', { name: 'More' }).click();
  await expect(other.getByRole('menuitem', { name: /Edit|everyone/ })).toHaveCount(0);
  await other.keyboard.press('Escape');
  await menu(other, 'Build 812', 'Delete for me');
  await other.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(messageWith(other, 'This message was deleted.')).toBeVisible();
  await expect(messageWith(page, 'Build 812 passed')).toBeVisible();
  await menu(page, 'A first try', 'Delete for everyone');
  await page.keyboard.press('Escape');
  await expect(messageWith(page, 'A first try')).toBeVisible();
  await menu(page, 'A first try', 'Delete for everyone');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(messageWith(page, 'This message was deleted.')).toBeVisible();
  await expect(messageWith(other, 'A first try')).toHaveCount(0);
});

/** A picture of this size, with something to see on it. */
async function picture(page: Page, width: number, height: number): Promise<Buffer> {
  const address = await page.evaluate(
    ([w, h]) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [w ?? 1, h ?? 1];
      const pen = canvas.getContext('2d');
      if (pen) {
        const sky = pen.createLinearGradient(0, 0, 0, canvas.height);
        sky.addColorStop(0, '#2b6cb0');
        sky.addColorStop(1, '#f6ad55');
        pen.fillStyle = sky;
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.fillStyle = '#1a365d';
        for (let x = 0; x < canvas.width; x += 40)
          pen.fillRect(x, canvas.height * (0.6 + (x % 7) / 20), 36, canvas.height);
      }
      return canvas.toDataURL('image/png');
    },
    [width, height],
  );
  return Buffer.from(address.split(',')[1] ?? '', 'base64');
}

const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator('input[type=file]').setInputFiles(files);

/** Drops a file on the conversation, or pastes it, as the browser tells a page. */
const bring = (
  page: Page,
  on: string,
  event: 'drop' | 'paste',
  file: { name: string; type: string; bytes: number[] },
) =>
  page.evaluate(
    ([selector, kind, f]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(f.bytes)], f.name, { type: f.type }));
      const more = { bubbles: true, cancelable: true };
      const target = document.querySelector(selector);
      if (kind === 'paste') return target?.dispatchEvent(new ClipboardEvent('paste', { ...more, clipboardData: data }));
      for (const type of ['dragenter', 'dragover', 'drop']) {
        target?.dispatchEvent(new DragEvent(type, { ...more, dataTransfer: data }));
      }
    },
    [on, event, file] as const,
  );

test('files are chosen, dropped and pasted, and everyone sees them', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const page = await browse(ada);
  const other = await browse(ines ?? null);
  await expect(composer(page)).toBeVisible();
  const photo = await picture(page, 1200, 800);

  // A picture with words: seen by both, at the place that was kept for it.
  await choose(page, { name: 'harbour.png', mimeType: 'image/png', buffer: photo });
  await expect(page.getByRole('list', { name: 'Files to send' })).toContainText('harbour.png');
  await composer(page).fill('From this morning');
  await expectAccessible(page, 'a file beside the text');
  await composer(page).press('Enter');
  for (const p of [page, other]) {
    const shown = p.getByRole('img', { name: 'harbour.png, from Ada Park' });
    await expect(shown).toBeVisible();
    await expect.poll(() => shown.evaluate((i: HTMLImageElement) => i.complete && i.naturalWidth > 0)).toBe(true);
    expect(await shown.boundingBox()).toMatchObject({ width: 360, height: 240 });
  }
  await expect(messageWith(other, 'From this morning')).toBeVisible();

  // Larger, with the keyboard.
  await other.getByRole('button', { name: 'Open picture harbour.png' }).focus();
  await other.keyboard.press('Enter');
  const box = other.getByRole('dialog', { name: 'Picture harbour.png' });
  await expect(box.getByRole('link', { name: 'Open original' })).toBeVisible();
  await expectAccessible(other, 'a picture, larger');
  await other.keyboard.press('Escape');
  await expect(box).toBeHidden();

  // Dropped and pasted; one is taken back, the other sent.
  await bring(page, 'main', 'drop', { name: 'notes.txt', type: 'text/plain', bytes: [104, 105] });
  await bring(page, '[data-composer]', 'paste', { name: 'pasted.bin', type: '', bytes: [1] });
  await expect(page.getByRole('list', { name: 'Files to send' })).toContainText('pasted.bin');
  await page.getByRole('button', { name: 'Do not send pasted.bin' }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const card = other.getByRole('link', { name: 'Download notes.txt, 2 bytes' });
  await expect(card).toBeVisible();
  const [download] = await Promise.all([other.waitForEvent('download'), card.click()]);
  expect(download.suggestedFilename()).toBe('notes.txt');

  // Answered, and gone.
  await other.locator('article', { has: card }).hover();
  await other.locator('article', { has: card }).getByRole('button', { name: 'Reply' }).click();
  await composer(other).fill('Got it');
  await composer(other).press('Enter');
  await expect(messageWith(page, 'Got it')).toContainText('File: notes.txt');
});

test('a file waits for the server, can be given up, and is refused with the reason', async ({
  server,
  browse,
  watch,
}) => {
  watch.expect(/413|Failed to load resource|ERR_/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  const file = (name: string) => ({ name, mimeType: 'application/zip', buffer: Buffer.alloc(1_500_000, 7) });
  await page.route('**/api/upload/files', (route) => route.abort('connectionrefused'));
  await choose(page, file('kept.zip'), file('given-up.zip'));
  await composer(page).press('Enter');
  await expect(messageWith(page, 'kept.zip')).toContainText('Waiting to be sent');
  await messageWith(page, 'given-up.zip').getByRole('button', { name: 'Cancel' }).click();
  await expect(messageWith(page, 'given-up.zip')).toHaveCount(0);
  await page.unroute('**/api/upload/files');
  await expect(page.getByRole('link', { name: 'Download kept.zip, 1.5 MB' })).toBeVisible();

  const message = 'The file is too large';
  await page.route('**/api/upload/files', (route) =>
    route.fulfill({ status: 413, json: { status: 'error', message } }),
  );
  await choose(page, file('large.zip'));
  await composer(page).press('Enter');
  await expect(messageWith(page, 'large.zip')).toContainText('Not sent. The file is too large.');
  await page.unroute('**/api/upload/files');
  await messageWith(page, 'large.zip').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'Download large.zip, 1.5 MB' })).toBeVisible();
});
