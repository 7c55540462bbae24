// Writing, reading back, and what moves on the page while messages come in.
import type { Page } from '@playwright/test';
import { composer, expect, messageWith, test } from './harness/fixtures';
import { join, type Person, post, setUp } from './harness/team';

const feed = (page: Page) => page.getByRole('feed');

/** Where the rows in view stand, by their message. */
const places = (page: Page) =>
  page.evaluate(() => {
    const box = document.querySelector('.list')?.getBoundingClientRect();
    if (!box) return {};
    const rows = [...document.querySelectorAll<HTMLElement>('[role=feed] article')]
      .map((a) => [a.dataset.key ?? '', Math.round(a.getBoundingClientRect().top - box.top)] as const)
      .filter(([, top]) => top >= 0 && top < box.height);
    return Object.fromEntries(rows);
  });

async function fill(person: Person, roomId: number, n: number): Promise<void> {
  for (let i = 1; i <= n; i += 10) {
    const some = Array.from({ length: Math.min(10, n - i + 1) }, (_, j) => i + j);
    for (const k of some) {
      const lines = k % 7 === 0 ? '\n- one\n- two\n- three' : k % 5 === 0 ? ` ${'long '.repeat(60)}` : '';
      await person.say(roomId, `line ${k}${lines}`);
    }
  }
}

test('Enter sends, Shift+Enter breaks, and keys of an input method belong to it', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  const field = composer(page);
  await expect(field).toBeFocused();
  await page.keyboard.type('first');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('second');
  await expect(field).toHaveValue('first\nsecond');
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(field).toHaveValue('first\nsecond');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('');
  await expect(field).toBeFocused();
  await expect(messageWith(page, 'first')).toContainText('second');
  await page.keyboard.type('bold');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+b');
  await expect(field).toHaveValue('**bold**');
  await page.keyboard.press('Enter');
  await expect(feed(page).locator('strong', { hasText: 'bold' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
});

test('a text that is too long is not sent, and says by how much', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await composer(page).fill('ü'.repeat(32_768));
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled();
  await composer(page).fill('ü'.repeat(32_769));
  await expect(page.getByText('2 bytes too long')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
});

test('an answer quotes what it answers', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  const key = await ada.key(1, 'Build server');
  await post(server, key, 'Build 812 failed');
  const page = await browse(ada);
  const other = await browse(ines ?? null);
  await messageWith(page, 'Build 812 failed').hover();
  await page.getByRole('button', { name: 'Reply' }).click();
  await expect(page.getByText('Replying to Build server')).toBeVisible();
  await composer(page).fill('Looking into it');
  await composer(page).press('Enter');
  await expect(page.getByText('Replying to')).toBeHidden();
  for (const p of [page, other]) {
    await expect(messageWith(p, 'Looking into it')).toContainText('Build 812 failed');
  }
});

test('what the server refuses is shown with the reason and can be discarded', async ({ server, browse, watch }) => {
  watch.expect(/40[03]/);
  const ada = await setUp(server, 'Ada Park');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  await page.route('**/api/messenger/messages', (route) =>
    route.fulfill({ status: 400, json: { status: 'error', message: 'Invalid type' } }),
  );
  await composer(page).fill('refused');
  await composer(page).press('Enter');
  await expect(messageWith(page, 'refused')).toContainText('Not sent. Invalid type.');
  await page.unroute('**/api/messenger/messages');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(messageWith(page, 'refused').getByText('Sent', { exact: true })).toBeVisible();
});

test('reading back moves nothing on the page', async ({ server, browse }) => {
  test.slow();
  const ada = await setUp(server, 'Ada Park');
  await fill(ada, 1, 170);
  const page = await browse(ada);
  await expect(messageWith(page, /^.*line 170\b/).last()).toBeVisible();
  await page.mouse.move(700, 400);
  let compared = 0;
  for (let i = 0; i < 60; i++) {
    const before = await places(page);
    await page.mouse.wheel(0, -500);
    await expect
      .poll(async () => JSON.stringify(await places(page)) !== JSON.stringify(before) || (await atTop(page)))
      .toBe(true);
    const after = await places(page);
    const shared = Object.keys(before).filter((key) => key in after);
    for (const key of shared) expect((after[key] ?? 0) - (before[key] ?? 0)).toBeGreaterThanOrEqual(-2);
    compared += shared.length;
    if (await atTop(page)) break;
  }
  expect(compared).toBeGreaterThan(30);
  await expect(page.getByText('This is the beginning of General')).toBeVisible();
});

const atTop = (page: Page) => page.evaluate(() => (document.querySelector('.list')?.scrollTop ?? 1) === 0);

test('messages that come in while one reads back move nothing; a pill leads to them', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  await fill(ada, 1, 60);
  const page = await browse(ada);
  await expect(messageWith(page, 'line 60')).toBeVisible();
  await page.mouse.move(700, 400);
  const pill = page.getByRole('button', { name: /Latest messages|new message/ });
  await expect(async () => {
    await page.mouse.wheel(0, -900);
    await expect(pill).toHaveText('Latest messages', { timeout: 1000 });
  }).toPass();
  const before = await places(page);
  await post(server, key, 'came in 1');
  await post(server, key, 'came in 2');
  await expect(pill).toHaveText('2 new messages');
  expect(await places(page)).toMatchObject(before);
  await expect(page.getByRole('link', { name: /^General/ })).toContainText('2 unread messages');
  await pill.click();
  await expect(messageWith(page, 'came in 2')).toBeVisible();
  await expect(pill).toBeHidden();
  await expect(page.getByRole('link', { name: /^General/ })).not.toContainText('unread');
  await expect(feed(page).getByText('New', { exact: true })).toBeVisible();
});

test('who scrolls up just as older messages come in above stays there', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  await fill(ada, 1, 60);
  const page = await browse(ada, '/people');
  let answer: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/roomId\/1\?cursor=/, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('link', { name: /^General/ }).click();
  await expect(messageWith(page, 'line 60')).toBeInViewport();
  await page.evaluate(() => {
    const list = document.querySelector('.list');
    if (!list) throw new Error('no list');
    const before = list.scrollHeight;
    const early = () => {
      if (list.scrollHeight <= before) return;
      document.removeEventListener('scroll', early, true);
      list.scrollTop -= 900; // before the page hears where the growth has put it
    };
    document.addEventListener('scroll', early, true);
  });
  answer();
  const pill = page.getByRole('button', { name: /Latest messages|new message/ });
  await expect(pill).toHaveText('Latest messages');
  await post(server, key, 'came in');
  await expect(pill).toHaveText('1 new message');
  await expect(messageWith(page, 'came in')).not.toBeInViewport();
});

test('a room opens where the unread messages begin, and the line stays put', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const [ines] = await join(ada, 'Ines Costa');
  if (!ines) throw new Error('nobody joined');
  await fill(ada, 1, 30);
  await ines.see(1);
  await fill(ada, 1, 40);
  const page = await browse(ines);
  const line = feed(page).getByText('New', { exact: true });
  await expect(line).toBeInViewport();
  const first = page.locator('article[data-id="31"]');
  await expect(first).toBeInViewport();
  await expect(page.locator('article[data-id="70"]')).not.toBeInViewport();
  await ada.say(1, 'one more');
  await page.getByRole('button', { name: /Latest messages|new message/ }).click();
  await expect(messageWith(page, 'one more')).toBeInViewport();
  await expect(page.getByRole('link', { name: /^General/ })).not.toContainText('unread');
  await page.mouse.move(700, 400);
  await expect(async () => {
    await page.mouse.wheel(0, -300);
    await expect(line).toBeInViewport({ timeout: 300 });
  }).toPass();
});

test('one stays at the end while messages come in and the window changes', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  await fill(ada, 1, 40);
  const page = await browse(ada);
  await expect(messageWith(page, 'line 40')).toBeInViewport();
  for (let i = 1; i <= 5; i++) {
    await post(server, key, `news ${i} ${'and more '.repeat(i * 12)}`);
    await expect(messageWith(page, `news ${i} `)).toBeInViewport({ ratio: 1 });
  }
  await page.setViewportSize({ width: 800, height: 500 });
  await expect(messageWith(page, 'news 5 ')).toBeInViewport();
  await page.setViewportSize({ width: 1360, height: 860 });
  await expect(messageWith(page, 'news 5 ')).toBeInViewport({ ratio: 1 });
});

test('new messages are read aloud from one polite place', async ({ server, browse }) => {
  const ada = await setUp(server, 'Ada Park');
  const key = await ada.key(1, 'Build server');
  const page = await browse(ada);
  await expect(composer(page)).toBeVisible();
  await post(server, key, 'Build 812 passed');
  await expect(page.locator('[aria-live=polite]')).toHaveText('Build server: Build 812 passed');
});
