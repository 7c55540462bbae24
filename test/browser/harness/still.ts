// Makes a page look the same on every run: times, secrets and addresses that differ from run to run are
// replaced on their way to the page. What the page does with them is its own.
import type { Page } from '@playwright/test';

/** The moment at which the pictures are taken. */
export const NOW = Date.parse('2026-03-12T14:08:00+01:00');
const MINUTE = 60_000;
const ADDRESS = 'https://chat.northwind.example';
const KEY = 'RN7CEKxHSkCmKiTQiehD4dsdbvAddyupExampleKey1';
const INVITE = `${ADDRESS}/invite#k3JxW9fTq0ExampleInviteLink7vLm2Zr5YpUa8Bd`;

/** `times` gives the minute of the day, like "13:41", at which each message was posted, by its id. */
export async function standStill(page: Page, times: ReadonlyMap<number, string>): Promise<void> {
  await page.clock.setFixedTime(NOW);
  const at = (id: number): number => {
    const time = times.get(id) ?? '09:00';
    return Date.parse(`2026-03-12T${time}:00+01:00`);
  };
  const replace = (key: string, value: unknown): unknown => {
    if (typeof value === 'object' && value !== null && 'fromUserId' in value && 'id' in value) {
      return { ...value, createdAt: at(Number(value.id)), modifiedAt: at(Number(value.id)) };
    }
    if (typeof value === 'object' && value !== null && 'messageId' in value) {
      return { ...value, createdAt: at(Number(value.messageId)) + MINUTE };
    }
    if (key === 'publicUrl') return ADDRESS;
    if (key === 'token') return KEY;
    if (key === 'url') return INVITE;
    if (key === 'lastUsedAt') return NOW - 3 * MINUTE;
    if (key === 'lastSignInAt') return NOW - 42 * MINUTE;
    if (key === 'expiresAt') return NOW + 7 * 24 * 60 * MINUTE;
    if (key === 'createdAt' || key === 'modifiedAt') return NOW - 26 * 60 * MINUTE;
    return value;
  };
  await page.route('**/api/messenger/**', async (route) => {
    const response = await route.fetch().catch(() => null);
    if (!response) return route.abort('connectionrefused');
    const json: unknown = JSON.parse(await response.text(), replace);
    await route.fulfill({ response, json });
  });
}
