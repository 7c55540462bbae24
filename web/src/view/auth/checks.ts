// The rules of the forms, said before the server has to.

export const PASSWORD_HINT = 'At least 10 characters.';

export const nameProblem = (name: string): string | null =>
  name.trim() === '' ? 'Enter a name.' : [...name.trim()].length > 100 ? 'At most 100 characters.' : null;

export const emailProblem = (email: string): string | null =>
  /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : 'Enter an e-mail address.';

export function passwordProblem(password: string): string | null {
  const length = [...password].length;
  if (length < 10) return length === 0 ? 'Choose a password.' : `${10 - length} more to go: at least 10 characters.`;
  return length > 200 ? 'At most 200 characters.' : null;
}

/** The problems of a form's fields, or null when there are none. */
export function problemsOf<K extends string>(checks: Record<K, string | null>): Partial<Record<K, string>> | null {
  const found = Object.entries(checks).filter(([, problem]) => problem !== null);
  return found.length > 0 ? (Object.fromEntries(found) as Partial<Record<K, string>>) : null;
}
