// The main job with the keyboard alone.
import type { Page } from '@playwright/test';
import { composer, expect, heading, messageWith, test } from './harness/fixtures';
import { paste } from './harness/server';
import { join, post, setUp } from './harness/team';

/** The name and role of what has the focus, as a screen reader would say it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const e = document.activeElement as HTMLElement | null;
    const label = e?.id ? document.querySelector(`label[for="${CSS.escape(e.id)}"]`)?.textContent : null;
    return (e?.getAttribute('aria-label') ?? label ?? e?.textContent ?? '').trim();
  });

/** Presses Tab (or Shift+Tab) until the focus is on something of this name. */
async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const met: string[] = [];
  for (let i = 0; i < 60; i++) {
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    met.push(now);
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not lead to ${name}; it met ${met.join(' | ')}`);
}

test('from the link to the message without a mouse', async ({ server, browse }) => {
  const page = await browse(null, server.setupUrl);
  await tabTo(page, 'Team name');
  await page.keyboard.type('Northwind');
  await tabTo(page, 'Your name');
  await page.keyboard.type('Ada Park');
  await tabTo(page, 'E-mail');
  await page.keyboard.type('ada@example.org');
  await tabTo(page, 'Password');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'General')).toBeVisible();
  await expect(composer(page)).toBeFocused();

  await tabTo(page, 'Room settings and API keys', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Settings' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Members' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, 'Display name');
  await page.keyboard.type('Build server');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /Hide key and code/ })).toBeFocused();
  await tabTo(page, 'Copy command');
  await paste(await page.getByLabel('Code for curl').innerText());
  await expect(messageWith(page, 'Hello from Build server')).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Room settings and API keys' })).toBeFocused();
  await tabTo(page, /^Build server \(bot\)/);
  await tabTo(page, /^Seen by 1 of 1/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: /^Seen by/ })).toContainText('Ada Park');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Seen by 1 of 1/ })).toBeFocused();
});

test('messages are walked through with the arrows and answered with r', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  for (let i = 1; i <= 70; i++) await post(server, key, `line ${i}`);
  const page = await browse(ada);
  await expect(messageWith(page, 'line 70')).toBeVisible();
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('article[data-id="70"]')).toBeFocused();
  for (let i = 69; i >= 60; i--) {
    await page.keyboard.press('ArrowUp');
    await expect(page.locator(`article[data-id="${i}"]`)).toBeFocused();
  }
  await expect(page.locator('article[data-id="60"]')).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.locator('article:focus')).toBeInViewport();
  await page.keyboard.press('End');
  await expect(page.locator('article[data-id="70"]')).toBeFocused();
  await page.keyboard.press('r');
  await expect(composer(page)).toBeFocused();
  await expect(page.getByText('Replying to Build server')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('Replying to')).toBeHidden();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Escape');
  await expect(composer(page)).toBeFocused();
});

test('dialogs and menus give the focus back', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  await join(ada, 'Ines Costa');
  const page = await browse(ada);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(composer(page)).toBeFocused();

  await tabTo(page, 'Create a room', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Room name')).toBeFocused();
  await tabTo(page, /Find by name|^People/);
  await expect(page.getByRole('dialog').getByText('Ines Costa')).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Remove Ines Costa' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Create a room' })).toBeFocused();

  await tabTo(page, 'Ada Park: profile and more');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Profile and password' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Ada Park: profile and more' })).toBeFocused();
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('the first Tab leads past the rooms to the conversation', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada, '/people');
  await expect(heading(page, 'People')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to the conversation' })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Skip to the conversation' })).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(heading(page, 'People')).toBeFocused();
});
