import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { IconButton } from './Button';
import './field.css';

type FieldProps = Omit<ComponentProps<'input'>, 'id' | 'onChange' | 'value'> & {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
  value: string;
  onValue: (value: string) => void;
};

/** A labelled line of text, with what is wrong with it right below. */
export function Field({ label, hint, problem, value, onValue, className = '', ...rest }: FieldProps) {
  const id = useId();
  const note = problem ? `${id}p` : hint ? `${id}h` : undefined;
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        className="input"
        value={value}
        onChange={(e) => onValue(e.target.value)}
        aria-invalid={problem ? true : undefined}
        aria-describedby={note}
      />
      <Note id={id} hint={hint} problem={problem} />
    </div>
  );
}

function Note({ id, hint, problem }: { id: string; hint?: ReactNode; problem?: string | null }) {
  if (problem) {
    return (
      <p id={`${id}p`} className="field-problem">
        {problem}
      </p>
    );
  }
  return hint ? (
    <p id={`${id}h`} className="field-hint">
      {hint}
    </p>
  ) : null;
}

/** A password that can be made readable while it is typed. */
export function PasswordField({ label, hint, problem, value, onValue, ...rest }: FieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-with-button">
        <input
          {...rest}
          id={id}
          className="input"
          type={shown ? 'text' : 'password'}
          value={value}
          onChange={(e) => onValue(e.target.value)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}p` : hint ? `${id}h` : undefined}
        />
        <IconButton
          label={shown ? 'Hide password' : 'Show password'}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff size={17} aria-hidden /> : <Eye size={17} aria-hidden />}
        </IconButton>
      </div>
      <Note id={id} hint={hint} problem={problem} />
    </div>
  );
}

/** What went wrong with a form as a whole; read aloud as it appears. */
export const FormProblem = ({ children }: { children: ReactNode }) => (
  <div role="alert" className="form-problem-place">
    {children ? <p className="form-problem">{children}</p> : null}
  </div>
);
