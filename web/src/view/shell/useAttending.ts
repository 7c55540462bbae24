import { useEffect } from 'react';
import { useDesk } from '../app/context';

const attending = () => document.visibilityState === 'visible' && document.hasFocus();

/** Keeps the state told whether anybody looks at this page: only then does anything count as seen. */
export function useAttending(): void {
  const { attention } = useDesk();
  useEffect(() => {
    const tell = () => attention.setVisible(attending());
    tell();
    document.addEventListener('visibilitychange', tell);
    addEventListener('focus', tell);
    addEventListener('blur', tell);
    return () => {
      document.removeEventListener('visibilitychange', tell);
      removeEventListener('focus', tell);
      removeEventListener('blur', tell);
    };
  }, [attention]);
}
