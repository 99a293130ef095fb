import { migration } from '@kilomega/database'

/** Every process of the system, on any host. A process that has died is found because it is no longer seen. */
const table = `
  CREATE TABLE platform.process (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
  )`

/** The subscribers and kinds of jobs that a process handles; null where it is of a version that does not say so. */
const handles = 'ALTER TABLE platform.process ADD COLUMN handles text[]'

export const presenceMigrations = [migration('202611290000-create-process', table), migration('202611290900-name-what-is-handled', handles)]
