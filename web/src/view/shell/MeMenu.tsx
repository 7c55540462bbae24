import { ChevronsUpDown, CircleUserRound, Keyboard, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { userName } from '../../state/names';
import { useApp, useMe } from '../app/context';
import { setTheme, type Theme, theme } from '../app/theme';
import { openOverlay } from '../app/ui';
import { Avatar } from '../kit/Avatar';
import { MenuItem, Popover } from '../kit/Popover';

const themes: { key: Theme; words: string; Icon: typeof Sun }[] = [
  { key: 'system', words: 'As the system', Icon: Monitor },
  { key: 'light', words: 'Light', Icon: Sun },
  { key: 'dark', words: 'Dark', Icon: Moon },
];

/** This person's own menu, at the foot of the list. */
export function MeMenu() {
  const me = useMe();
  const { session } = useApp();
  const name = userName(me);
  const pick = (close: () => void, then: () => void) => () => {
    close();
    then();
  };
  return (
    <div className="me">
      <Popover
        role="menu"
        label={`${name}: profile and more`}
        buttonClass="me-button"
        trigger={
          <>
            <Avatar id={me.id} name={name} size="small" />
            <span className="me-name">{name}</span>
            <ChevronsUpDown size={15} aria-hidden />
          </>
        }
      >
        {(close) => (
          <>
            <MenuItem
              icon={<CircleUserRound size={16} aria-hidden />}
              onPick={pick(close, () => openOverlay('profile'))}
            >
              Profile and password
            </MenuItem>
            <Themes />
            <MenuItem icon={<Keyboard size={16} aria-hidden />} onPick={pick(close, () => openOverlay('shortcuts'))}>
              Keyboard shortcuts
            </MenuItem>
            <div className="menu-line" />
            <MenuItem icon={<LogOut size={16} aria-hidden />} onPick={pick(close, () => void session.signOut())}>
              Sign out
            </MenuItem>
          </>
        )}
      </Popover>
    </div>
  );
}

function Themes() {
  const { keep } = useApp();
  const [now, setNow] = useState(() => theme(keep));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a menu
    <div role="group" aria-label="Appearance" className="themes">
      {themes.map(({ key, words, Icon }) => (
        <button
          key={key}
          type="button"
          role="menuitemradio"
          aria-checked={key === now}
          aria-label={words}
          title={words}
          tabIndex={-1}
          onClick={() => {
            setTheme(keep, key);
            setNow(key);
          }}
        >
          <Icon size={16} aria-hidden />
        </button>
      ))}
    </div>
  );
}
