import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { User } from '../../api/wire';
import type { App, Desk } from '../../state/app';
import type { RoomEntry } from '../../state/roomlist';

export const AppContext = createContext<App | null>(null);
export const DeskContext = createContext<Desk | null>(null);

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('used outside its provider');
  return value;
}

/** The app of this page. */
export const useApp = (): App => present(useContext(AppContext));

/** What the signed-in person has before them. Only below the shell. */
export const useDesk = (): Desk => present(useContext(DeskContext));

/** The signed-in person. */
export function useMe(): User {
  const me = useStore(useApp().session.store, (s) => s.me);
  // While one signs out there is nobody for a moment, but this page still stands.
  const { users, meId } = useDesk();
  return present(me ?? users.store.getState().get(meId));
}

export const useSettings = () => useStore(useApp().session.store, (s) => s.settings);

export const useUser = (id: number): User | undefined => useStore(useDesk().users.store, (s) => s.get(id));

export const useRoom = (id: number): RoomEntry | undefined =>
  useStore(useDesk().rooms.store, (s) => s.list.entries.get(id));
