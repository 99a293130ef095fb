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

export const presenceMigrations = [migration('202611290000-create-process', table)]
