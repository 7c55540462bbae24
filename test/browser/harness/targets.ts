import { expect, type Page } from '@playwright/test';

/** What a finger needs, in pixels. */
const LEAST = 44;

/** Fails, naming them, if something that can be touched is too small. Links within a text are exempt. */
export async function expectLargeTargets(page: Page, screen: string): Promise<void> {
  const small = await page.evaluate((least) => {
    const found: string[] = [];
    for (const e of document.querySelectorAll<HTMLElement>('a, button, select, textarea, input, label:has(input)')) {
      if (e.closest('.body, [inert], [hidden]') || e.matches('.out-of-sight, .skip') || !e.checkVisibility()) continue;
      if (getComputedStyle(e).visibility === 'hidden') continue;
      const { width, height } = e.getBoundingClientRect();
      if (Math.min(width, height) < least - 0.5) {
        found.push(`${e.getAttribute('aria-label') ?? e.textContent} (${e.className}): ${width} × ${height}`);
      }
    }
    return found;
  }, LEAST);
  expect.soft(small, screen).toEqual([]);
}
