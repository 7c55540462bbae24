// Where files are read, and how they are measured. Addresses are relative to the page, like all of them.

/** Where a file is read: the session's cookie goes along. */
export const fileAddress = (id: number): string => `./api/upload/files/${id}`;

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
const sizes = UNITS.map(
  (unit, i) =>
    new Intl.NumberFormat(undefined, {
      style: 'unit',
      unit,
      unitDisplay: i === 0 ? 'long' : 'short',
      maximumFractionDigits: i > 1 ? 1 : 0,
    }),
);

/** "812 bytes", "48 kB", "3.4 MB". */
export function sizeOf(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return sizes[unit]?.format(value) ?? '';
}

export type Box = { width: number; height: number };

const WIDEST = 360;
const HIGHEST = 300;

/** The room a picture takes, known before it is loaded, so that nothing moves when it is. */
export function roomFor({ width, height }: Box): Box {
  if (width < 1 || height < 1) return { width: 240, height: 180 };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

/** A picture of at most so many bytes is shown itself; of larger ones the small one, if there is one. */
const SMALL = 400_000;

type Ref = { id: number; size: number };

export const shownOf = (file: Ref, thumb: Ref | null | undefined): Ref => (thumb && file.size > SMALL ? thumb : file);
