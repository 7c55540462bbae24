import { dayName } from '../kit/words';

/** The lines that may stand above a message: where a day begins, and where "New" does. */
export function Rules({ day, fresh = false }: { day: number | null; fresh?: boolean }) {
  return (
    <>
      {day !== null && (
        <div className="rule">
          <span>{dayName(day)}</span>
        </div>
      )}
      {fresh && (
        <div className="rule new">
          <span>New</span>
        </div>
      )}
    </>
  );
}
