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
