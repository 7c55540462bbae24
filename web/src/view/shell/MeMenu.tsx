import { ChevronsUpDown, CircleUserRound, Keyboard, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { userName } from '../../state/names';
import { useApp, useMe } from '../app/context';
import { setTheme, type Theme, theme } from '../app/theme';
import { openOverlay } from '../app/ui';
import { Avatar } from '../kit/Avatar';
import { MenuItem, Popover } from '../kit/Popover';

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const words: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };

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
            <ThemeItem />
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

function ThemeItem() {
  const { keep } = useApp();
  const [now, setNow] = useState(() => theme(keep));
  const Icon = { system: Monitor, light: Sun, dark: Moon }[now];
  return (
    <MenuItem
      icon={<Icon size={16} aria-hidden />}
      onPick={() => {
        setTheme(keep, next[now]);
        setNow(next[now]);
      }}
    >
      Appearance: {words[now]}
    </MenuItem>
  );
}
