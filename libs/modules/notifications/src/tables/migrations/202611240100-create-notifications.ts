import { migration } from '@kilomega/database'

/** A mail to be sent: one for each event, template and account, however often the event is delivered. Contains no address and no text. */
const mail = `
  CREATE TABLE notifications.mail (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    event_id uuid NOT NULL,
    template text NOT NULL,
    account_id uuid NOT NULL,
    reason text,
    created_at timestamptz NOT NULL,
    UNIQUE (event_id, template, account_id)
  )`

/** Mails of an account, newest first, to count those of the last hour. */
const mailOfAccount = `CREATE INDEX mail_of_account ON notifications.mail (account_id, template, created_at)`

/** Written before the mail server is called: a mail with an attempt and no outcome may have been sent. */
const mailAttempt = `
  CREATE TABLE notifications.mail_attempt (
    mail_id uuid NOT NULL REFERENCES notifications.mail ON DELETE CASCADE,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (mail_id, attempt)
  )`

const mailSent = `
  CREATE TABLE notifications.mail_sent (
    mail_id uuid PRIMARY KEY REFERENCES notifications.mail ON DELETE CASCADE,
    sent_at timestamptz NOT NULL DEFAULT now()
  )`

/** Given up, with a code that says why. If `permanent` is false, repeating the job tries again. */
const mailFailed = `
  CREATE TABLE notifications.mail_failed (
    mail_id uuid PRIMARY KEY REFERENCES notifications.mail ON DELETE CASCADE,
    code text NOT NULL,
    permanent boolean NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
  )`

/** The inbox in the application. Its text is made when it is read. */
const notification = `
  CREATE TABLE notifications.notification (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id uuid NOT NULL,
    type text NOT NULL,
    subject_id uuid,
    reason text,
    created_at timestamptz NOT NULL,
    read_at timestamptz
  )`

const notificationNewest = `CREATE INDEX notification_newest ON notifications.notification (account_id, id DESC)`

const notificationUnread = `CREATE INDEX notification_unread ON notifications.notification (account_id) WHERE read_at IS NULL`

/** Only for accounts that chose; the others have the defaults. */
const preference = `
  CREATE TABLE notifications.preference (
    account_id uuid PRIMARY KEY,
    channels jsonb NOT NULL
  )`

/** Mails that are kept instead of sent, in development. */
const capturedMail = `
  CREATE TABLE notifications.captured_mail (
    id uuid PRIMARY KEY,
    recipient text NOT NULL,
    sender text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    sent_at timestamptz NOT NULL
  )`

const capturedMailNewest = `CREATE INDEX captured_mail_newest ON notifications.captured_mail (sent_at DESC, id DESC)`

export const createNotifications = migration(
  '202611240100-create-notifications',
  mail,
  mailOfAccount,
  mailAttempt,
  mailSent,
  mailFailed,
  notification,
  notificationNewest,
  notificationUnread,
  preference,
  capturedMail,
  capturedMailNewest,
)
