// Emoji that people put under a message. Everyone has one of them at most.
import { SmilePlus } from 'lucide-react';
import { useStore } from 'zustand';
import { asFailure } from '../../api/http';
import type { Message, Receipt, User } from '../../api/wire';
import { userName } from '../../state/names';
import { useApp, useDesk, useMe } from '../app/context';
import { Popover } from '../kit/Popover';
import { toast } from '../kit/Toasts';
import { sentence } from '../kit/useTask';
import './reactions.css';

const OFFERED = [
  '👍',
  '❤️',
  '😂',
  '🎉',
  '🙏',
  '👀',
  '✅',
  '🚀',
  '🔥',
  '👏',
  '💯',
  '🤔',
  '😮',
  '😢',
  '👎',
  '🙌',
  '☕',
  '❌',
];

/** Puts an emoji under a message, or takes it back if it is this person's already. */
function useReact(message: Message) {
  const { api } = useApp();
  const { timelines } = useDesk();
  const me = useMe();
  const mine = message.messageRecords?.find((r) => r.userId === me.id);
  const react = async (emoji: string) => {
    try {
      timelines.reacted(mine?.reaction === emoji ? await api.takeBack(mine.id) : await api.react(message.id, emoji));
    } catch (e) {
      toast(sentence(asFailure(e).message));
    }
  };
  return { mine: mine?.reaction ?? null, react };
}

/** What stands under a message, with who put it there. */
export function Reactions({ message }: { message: Message }) {
  const { mine, react } = useReact(message);
  const { users } = useDesk();
  const known = useStore(users.store);
  const groups = grouped(message.messageRecords ?? []);
  if (groups.length === 0) return null;
  return (
    <ul className="reactions" aria-label="Reactions">
      {groups.map(([emoji, who]) => {
        const names = who.map((id) => nameOf(known, id)).join(', ');
        return (
          <li key={emoji}>
            <button
              type="button"
              className="reaction"
              aria-pressed={emoji === mine}
              aria-label={`${emoji} ${who.length}: ${names}`}
              title={names}
              onClick={() => react(emoji)}
            >
              <span aria-hidden="true">{emoji}</span> <span aria-hidden="true">{who.length}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const nameOf = (known: ReadonlyMap<number, User>, id: number): string => {
  const user = known.get(id);
  return user ? userName(user) : `Person ${id}`;
};

/** Each emoji with who chose it, the first chosen first. */
export function grouped(records: readonly Receipt[]): [emoji: string, who: number[]][] {
  const groups = new Map<string, number[]>();
  for (const r of [...records].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id)) {
    if (r.type !== 'reaction' || r.isDeleted || r.reaction === null) continue;
    groups.set(r.reaction, [...(groups.get(r.reaction) ?? []), r.userId]);
  }
  return [...groups];
}

/** The emoji to choose from. */
export function ReactButton({ message }: { message: Message }) {
  const { mine, react } = useReact(message);
  return (
    <Popover label="React" role="menu" className="react" trigger={<SmilePlus size={16} aria-hidden />}>
      {(close) =>
        OFFERED.map((emoji) => (
          <button
            key={emoji}
            type="button"
            role="menuitemcheckbox"
            aria-checked={emoji === mine}
            className="react-one"
            onClick={() => {
              close();
              void react(emoji);
            }}
          >
            {emoji}
          </button>
        ))
      }
    </Popover>
  );
}
