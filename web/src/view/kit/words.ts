// Dates, times and numbers as this person's language writes them. Formatters are made once: making one
// costs more than using it a thousand times.
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const dayInYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayWithYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const plurals = new Intl.PluralRules('en');
const number = new Intl.NumberFormat();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const timeOf = (ms: number): string => clock.format(ms);
export const moment = (ms: number): string => full.format(ms);

const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

/** "Today", "Yesterday", or the day. */
export function dayName(ms: number, now = Date.now()): string {
  const days = Math.round((midnight(now) - midnight(ms)) / DAY);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  return sameYear ? dayInYear.format(ms) : dayWithYear.format(ms);
}

/** A time today, else the day with it. */
export const whenOf = (ms: number, now = Date.now()): string =>
  midnight(ms) === midnight(now) ? timeOf(ms) : `${shortDay.format(ms)}, ${timeOf(ms)}`;

/** "5 minutes ago", "in 3 days". */
export function fromNow(ms: number, now = Date.now()): string {
  const gap = ms - now;
  const size = Math.abs(gap);
  if (size < MINUTE) return gap > 0 ? 'in a moment' : 'just now';
  if (size < HOUR) return relative.format(Math.round(gap / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.round(gap / HOUR), 'hour');
  return relative.format(Math.round(gap / DAY), 'day');
}

/** "1 member", "3 members". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${number.format(n)} ${plurals.select(n) === 'one' ? one : many}`;
