// What people and rooms are called on screen.
import type { Room, User } from '../api/wire';

export const userName = (user: Pick<User, 'displayName' | 'emailAddress' | 'id'>): string =>
  user.displayName || user.emailAddress || `Person ${user.id}`;

/** The other person of a private room; null in groups and when they are not there any more. */
export function otherOf(room: Room, meId: number): User | null {
  if (room.type !== 'private') return null;
  return room.users.find((m) => m.userId !== meId && !m.user.isBot)?.user ?? null;
}

/** A room's name as this person sees it: a private room is called after the other one. */
export function roomTitle(room: Room, meId: number): string {
  if (room.type !== 'private') return room.name || 'Untitled room';
  const other = otherOf(room, meId);
  if (other) return userName(other);
  return room.name || 'Only you';
}

/** One or two letters that stand for a name, whatever script it is in. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export const canManage = (room: Room, meId: number): boolean => room.users.some((m) => m.userId === meId && m.isAdmin);

/** Who may make and see keys: admins of a group, either person of a private room, the team's admins. */
export function canManageKeys(room: Room, me: User): boolean {
  const member = room.users.find((m) => m.userId === me.id);
  if (!member) return false;
  return member.isAdmin || room.type === 'private' || me.role !== 'member';
}

export const peopleOf = (room: Room) => room.users.filter((m) => !m.user.isBot);
export const botsOf = (room: Room) => room.users.filter((m) => m.user.isBot);
