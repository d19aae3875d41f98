/** The relay's log: lines for people, or one JSON object a line for programs. */
import { lineJournal, masked, type Fields, type Journal } from '../relay';

export const LOG_FORMATS = ['lines', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export async function journalOf(format: LogFormat, write: (line: string) => void): Promise<Journal> {
  if (format === 'lines') return lineJournal(write);
  const { pino, stdTimeFunctions } = await import('pino');
  const logger = pino({ base: null, messageKey: 'event', timestamp: stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } }, { write });
  return (event, fields: Fields = {}) => {
    const clean = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? masked(value) : value]));
    if (/\.(failed|error)$/.test(event)) logger.error(clean, event);
    else if (event.endsWith('.refused')) logger.warn(clean, event);
    else logger.info(clean, event);
  };
}
