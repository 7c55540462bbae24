// The dialogs that can be opened from anywhere. They are loaded when the first of them is.
import type { Overlay } from '../app/ui';
import { NewDirect } from './NewDirect';
import { NewRoom } from './NewRoom';
import { Profile } from './Profile';
import { Shortcuts } from './Shortcuts';
import { Switcher } from './Switcher';
import './overlays.css';

export default function Overlays({ open, onClose }: { open: Overlay; onClose: () => void }) {
  switch (open) {
    case 'switcher':
      return <Switcher onClose={onClose} />;
    case 'shortcuts':
      return <Shortcuts onClose={onClose} />;
    case 'new-room':
      return <NewRoom onClose={onClose} />;
    case 'new-direct':
      return <NewDirect onClose={onClose} />;
    case 'profile':
      return <Profile onClose={onClose} />;
  }
}
