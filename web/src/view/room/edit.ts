/** A text and what is selected in it. */
export type Edit = { text: string; from: number; to: number };

/** Puts a sign before and after the selection, or takes it away if it is there. */
export function wrap(text: string, from: number, to: number, sign: string): Edit {
  const n = sign.length;
  const inside = text.slice(from, to);
  if (text.slice(from - n, from) === sign && text.slice(to, to + n) === sign) {
    return { text: text.slice(0, from - n) + inside + text.slice(to + n), from: from - n, to: to - n };
  }
  return { text: text.slice(0, from) + sign + inside + sign + text.slice(to), from: from + n, to: to + n };
}
