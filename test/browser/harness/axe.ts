// Asks axe-core whether a screen can be used by everyone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';

const source = readFileSync(join(__dirname, '..', '..', '..', 'web', 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

type Result = { violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[] };
type Axe = { run: (where: Document, options: object) => Promise<Result> };

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails, naming the screen and what to mend, unless axe finds nothing wrong with what the page shows. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  await settled(page);
  await page.evaluate(source);
  const { violations } = await page.evaluate(
    (values) => (window as unknown as { axe: Axe }).axe.run(document, { runOnly: { type: 'tag', values } }),
    tags,
  );
  const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help} at ${n.target.join(' ')}`));
  expect.soft(found, screen).toEqual([]);
}

/** Waits until nothing fades or slides any more: half-shown text has half its contrast. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((a) => a.finished.catch(() => {})),
    ),
  );
}
