// What a message says, or brings.
import { Forward } from 'lucide-react';
import type { Message } from '../../api/wire';
import { bringsFile, summary } from '../../state/summary';
import { Attachment } from '../media/Attachment';
import { EditMessage } from './EditMessage';
import { useEdit } from './editing';
import { markdown } from './markdown';

export function Body({ message }: { message: Message }) {
  const editing = useEdit(message.id);
  if (message.deleted) return <p className="deleted">This message was deleted.</p>;
  if (editing !== null) return <EditMessage message={message} text={editing} />;
  const edited = message.modifiedAt !== message.createdAt;
  return (
    <>
      {message.isForwarded && (
        <p className="forwarded">
          <Forward size={13} aria-hidden /> Forwarded
        </p>
      )}
      {bringsFile(message.type) && <Attachment message={message} />}
      {(!bringsFile(message.type) || message.body.text) && (
        <div className={`body${edited ? ' edited' : ''}`}>
          {markdown(summary(message))}
          {edited && <span className="edited-mark"> (edited)</span>}
        </div>
      )}
    </>
  );
}
