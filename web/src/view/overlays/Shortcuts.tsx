import { Fragment } from 'react';
import { Dialog } from '../kit/Dialog';

const control = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl';

const groups: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [[control, 'K'], 'Go to a room or person'],
      [['Alt', 'Shift', '↓'], 'Next unread room'],
      [['Alt', 'Shift', '↑'], 'Previous unread room'],
      [['?'], 'This help'],
    ],
  },
  {
    title: 'Writing',
    keys: [
      [['Enter'], 'Send'],
      [['Shift', 'Enter'], 'New line'],
      [[control, 'B'], 'Bold'],
      [[control, 'I'], 'Italic'],
      [['↑'], 'To the last message, when nothing is written'],
    ],
  },
  {
    title: 'Reading',
    keys: [
      [['↑', '↓'], 'Message by message'],
      [['Home', 'End'], 'First, last message'],
      [['R'], 'Reply'],
      [['E'], 'Edit one of yours'],
      [['+'], 'React'],
      [['Esc'], 'Back to writing'],
    ],
  },
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {groups.map(({ title, keys }) => (
        <section key={title} className="shortcuts">
          <h3>{title}</h3>
          <dl>
            {keys.map(([press, what]) => (
              <div key={what}>
                <dt>
                  {press.map((key) => (
                    <Fragment key={key}>
                      <kbd>{key}</kbd>{' '}
                    </Fragment>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
