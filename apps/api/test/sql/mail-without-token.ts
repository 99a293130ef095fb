import { eventually } from '@kilomega/testing'
import { operatorToken } from '../open-api.js'
import type { SeededApi } from '../costs/seeded-api.js'

const [email, password] = ['late@example.org', 'the long password of somebody late']
const unsent = `
  SELECT 1 FROM notifications.mail
  WHERE template = 'password-reset' AND NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = id) AND NOT EXISTS (SELECT FROM notifications.mail_failed WHERE mail_id = id)`

/** A mail that cannot be sent, because its link is worthless before it is its turn. Otherwise it would be a matter of chance whether there is one. */
export async function mailWithoutToken(world: SeededApi): Promise<void> {
  const inside = (path: string, json?: object) => world.prepare({ method: 'POST', path, token: operatorToken, json }, world.api.internalUrl)
  const queue = '/operations/queues/notifications.send-mail'
  await inside('/accounts', { email, password, name: 'Late' })
  await inside(`${queue}/pause`)
  await world.prepare({ method: 'POST', path: '/v1/password-resets', json: { email } })
  await eventually(async () => expect(await world.rows(unsent)).toHaveLength(1), 20_000)
  await inside('/accounts/disablements', { email })
  await inside(`${queue}/resume`)
  await eventually(async () => expect(await world.rows(unsent)).toHaveLength(0), 20_000)
}
