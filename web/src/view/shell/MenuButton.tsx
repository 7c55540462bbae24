import { Menu } from 'lucide-react';
import { openDrawer, useUi } from '../app/ui';
import { IconButton } from '../kit/Button';

/** Opens the list of rooms where the window is too narrow to show it beside the conversation. */
export function MenuButton() {
  const open = useUi((s) => s.drawer);
  return (
    <IconButton
      label="Rooms and people"
      className="only-narrow"
      data-menu
      aria-expanded={open}
      onClick={() => openDrawer(!open)}
    >
      <Menu size={21} aria-hidden />
    </IconButton>
  );
}
