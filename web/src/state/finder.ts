// What one can go to by typing its name: rooms one is in, and people one may not have talked to yet.
import type { User } from '../api/wire';
import { otherOf, roomTitle, userName } from './names';
import { byNewest, type RoomEntry, type RoomList } from './roomlist';

export type Goal =
  | { kind: 'room'; key: string; name: string; entry: RoomEntry }
  | { kind: 'person'; key: string; name: string; user: User };

/** As many as one looks through. */
const MOST = 30;

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** How well a name fits: 0 it begins so, 1 one of its words does, 2 it holds it, null not at all. */
export function rankOf(name: string, typed: string): number | null {
  const [inside, wanted] = [plain(name), plain(typed.trim())];
  if (inside.startsWith(wanted)) return 0;
  if (inside.split(/[\s\-_./]+/).some((word) => word.startsWith(wanted))) return 1;
  return inside.includes(wanted) ? 2 : null;
}

/** Best fit first, then newest talk; people without a room of their own come after rooms. */
export function findGoals(list: RoomList, people: readonly User[], meId: number, typed: string): Goal[] {
  const rooms = [...list.entries.values()].sort(byNewest);
  const talkedTo = new Set(rooms.map((e) => otherOf(e.room, meId)?.id));
  const all: Goal[] = [
    ...rooms.map((entry): Goal => {
      const { room } = entry;
      return { kind: 'room', key: `r${room.id}`, name: roomTitle(room, meId), entry };
    }),
    ...people
      .filter((user) => !talkedTo.has(user.id))
      .map((user): Goal => ({ kind: 'person', key: `u${user.id}`, name: userName(user), user })),
  ];
  return all
    .map((goal) => ({ goal, rank: rankOf(goal.name, typed) }))
    .filter((f): f is { goal: Goal; rank: number } => f.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map((f) => f.goal);
}
