import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Status } from '../../state/notifications';
import { useDesk } from '../app/context';
import { Button } from '../kit/Button';
import { FormProblem } from '../kit/Field';
import { sentence } from '../kit/useTask';

const words: Record<Status, string> = {
  checking: 'Finding out how things are…',
  insecure:
    'Browsers show notifications only for addresses that begin with https. Ask whoever runs this server for one.',
  unsupported:
    'This browser cannot show notifications. On an iPhone or iPad they work once Spika is on the home screen.',
  'switched-off': 'Whoever runs this server has switched notifications off.',
  denied: 'This browser blocks notifications from Spika. Allow them in its settings for this page, then check again.',
  off: 'This browser can tell you of new messages, also while Spika is closed.',
  asking: 'Say yes when your browser asks whether Spika may show notifications.',
  on: 'This browser tells you of new messages, also while Spika is closed. Rooms that you muted stay silent.',
  failed: 'This browser does not tell you of new messages, though you want it to.',
};

/** Whether this browser shows notifications: how things are, and the one thing to do about it. */
export function NotificationSettings() {
  const { notifications } = useDesk();
  const { status, trouble } = useStore(notifications.store);
  useEffect(() => void notifications.check(), [notifications]);
  return (
    <section className="apart notifications" aria-labelledby="notifications-title">
      <h3 id="notifications-title">Notifications</h3>
      <p role="status">{words[status]}</p>
      <FormProblem>{trouble && sentence(trouble)}</FormProblem>
      <Action status={status} />
    </section>
  );
}

function Action({ status }: { status: Status }) {
  const { notifications } = useDesk();
  if (status === 'insecure' || status === 'unsupported') return null; // Nothing that a press could change.
  const [label, act] = {
    checking: ['Check again', () => notifications.check()] as const,
    'switched-off': ['Check again', () => notifications.check()] as const,
    denied: ['Check again', () => notifications.check()] as const,
    off: ['Switch on notifications', () => notifications.switchOn()] as const,
    asking: ['Switch on notifications', () => notifications.switchOn()] as const,
    on: ['Switch off notifications', () => notifications.switchOff()] as const,
    failed: ['Try again', () => notifications.switchOn()] as const,
  }[status];
  return (
    <div className="dialog-actions">
      <Button busy={status === 'asking' || status === 'checking'} onClick={act}>
        {label}
      </Button>
    </div>
  );
}
