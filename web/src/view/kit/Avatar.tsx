import { Bot, Hash } from 'lucide-react';
import { initials } from '../../state/names';
import './avatar.css';

type Size = 'small' | 'medium' | 'large';

const COLOURS = 8;

/** Always the same colour for the same id. Ids that follow each other differ. */
export const colourOf = (id: number): number => (id * 5) % COLOURS;

/**
 * A person's or bot's picture: initials, or a sign for bots. The name stands beside it, so it says nothing;
 * the initials are drawn by the style sheet and are no text of the page.
 */
export function Avatar({ id, name, bot = false, size = 'medium' }: AvatarProps) {
  if (bot) {
    return (
      <span className={`avatar ${size} bot`} aria-hidden="true">
        <Bot size={{ small: 14, medium: 21, large: 30 }[size]} />
      </span>
    );
  }
  return <span className={`avatar ${size} colour-${colourOf(id)}`} data-initials={initials(name)} aria-hidden="true" />;
}

type AvatarProps = { id: number; name: string; bot?: boolean; size?: Size };

export const RoomSign = ({ size = 'small' }: { size?: Size }) => (
  <span className={`avatar ${size} sign`} aria-hidden="true">
    <Hash size={{ small: 15, medium: 20, large: 28 }[size]} />
  </span>
);
