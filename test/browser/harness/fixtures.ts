// What every test starts with: a server of its own, and people in browsers that are watched.
import { type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test';
import { Server } from './server';
import type { Person } from './team';
import { Watch } from './watch';

type Fixtures = {
  /** Where the server's public address lives; set with `test.use`. */
  path: string;
  /** What the server is started with beside that; set with `test.use`. */
  flags: string[];
  server: Server;
  watch: Watch;
  /** A browser of its own, signed in as this person or as nobody, at a path of the app. */
  browse: (who: Person | null, path?: string, options?: BrowserContextOptions) => Promise<Page>;
};

export const test = base.extend<Fixtures>({
  path: ['', { option: true }],
  flags: [[], { option: true }],
  server: async ({ path, flags }, use) => {
    const server = new Server(path, flags);
    await server.start();
    await use(server);
    await server.remove();
  },
  // biome-ignore lint/correctness/noEmptyPattern: this is how fixtures without needs are written
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    expect(watch.problems).toEqual([]);
  },
  browse: async ({ browser, server, watch, contextOptions }, use) => {
    const contexts: { close: () => Promise<void> }[] = [];
    await use(async (who, path = '/', options = {}) => {
      const context = await browser.newContext({ ...contextOptions, ...options });
      contexts.push(context);
      const { origin, hostname } = new URL(server.url);
      await watch.context(context, origin);
      if (who) {
        const value = await who.session();
        await context.addCookies([{ name: 'spika_session', value, domain: hostname, path: '/', httpOnly: true }]);
      }
      const page = await context.newPage();
      watch.page(page);
      await page.goto(path.startsWith('http') ? path : server.url + path);
      return page;
    });
    await Promise.all(contexts.map((c) => c.close()));
  },
});

export { expect };

/** The message that holds this text. */
export const messageWith = (page: Page, text: string | RegExp) =>
  page.getByRole('feed').getByRole('article').filter({ hasText: text });

/** The field messages are written in. */
export const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / });

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
