// Hears everything on a page that must not happen, and says so at the end of the test.
import type { BrowserContext, ConsoleMessage, Page } from '@playwright/test';

declare global {
  interface Window {
    reportViolation: (text: string) => void;
  }
}

/** The page asks who is signed in; "nobody" is an answer, though the browser logs it as an error. */
const nobodySignedIn = (m: ConsoleMessage): boolean =>
  m.location().url.endsWith('/api/messenger/me') && m.text().includes('401');

export class Watch {
  readonly problems: string[] = [];
  /** What a test brings about on purpose. */
  readonly expected: RegExp[] = [];

  /** Lets console messages pass that match. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  async context(context: BrowserContext, origin: string): Promise<void> {
    await context.exposeBinding('reportViolation', (_, text: string) => void this.problems.push(text));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (e) =>
        window.reportViolation(`CSP: ${e.violatedDirective} blocked ${e.blockedURI} ${e.sample}`),
      );
    });
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && url.protocol !== 'blob:') this.problems.push(`request to ${request.url()}`);
    });
  }

  page(page: Page): void {
    page.on('pageerror', (error) => this.problems.push(`error on the page: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type()) || nobodySignedIn(message)) return;
      const text = `${message.text()} (${message.location().url})`;
      if (!this.expected.some((e) => e.test(text))) this.problems.push(`console: ${text}`);
    });
  }
}
