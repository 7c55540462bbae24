// What is open on this page: the side panel, the drawer with the rooms, the dialogs. Nothing of it concerns the server.
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export type Panel = 'members' | 'settings';
export type Overlay = 'switcher' | 'shortcuts' | 'new-room' | 'new-direct' | 'profile';

type Ui = {
  panel: Panel | null;
  /** The panel was opened just now and wants the focus, which it must not take when only the room changes. */
  panelWantsFocus: boolean;
  drawer: boolean;
  overlay: Overlay | null;
};

export const ui = createStore<Ui>(() => ({ panel: null, panelWantsFocus: false, drawer: false, overlay: null }));

export const useUi = <T>(pick: (s: Ui) => T): T => useStore(ui, pick);
export const openPanel = (panel: Panel | null) =>
  ui.setState((s) => ({ panel, panelWantsFocus: panel !== null && s.panel === null }));
/** Shows or hides the list of rooms on a narrow window; on a wide one it always stands there. */
export const openDrawer = (drawer: boolean) => ui.setState({ drawer });
export const openOverlay = (overlay: Overlay | null) => ui.setState({ overlay, drawer: false });
