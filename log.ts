import pino from 'pino'
import { type Logger } from './core/log.ts'

/** The process's log: one JSON object a line, on standard error, so that output stays a command's own. */
export function openLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}
