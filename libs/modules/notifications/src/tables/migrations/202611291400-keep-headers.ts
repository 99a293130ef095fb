import { migration } from '@kilomega/database'

/** Headers that mail programs read, such as how to unsubscribe. */
const headers = `ALTER TABLE notifications.captured_mail ADD COLUMN headers jsonb NOT NULL DEFAULT '{}'`

export const keepHeaders = migration('202611291400-keep-headers', headers)
