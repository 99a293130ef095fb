import { type FindOperator, Raw } from 'typeorm'

/** For the condition that something has not expired, by the database's clock. */
export const inFuture: FindOperator<string> = Raw((column) => column + ' > now()')

/** For a column that is written: this many seconds from now, by the database's clock. */
export const afterSeconds = (seconds: number) => () => "now() + interval '" + String(seconds) + " s'"
