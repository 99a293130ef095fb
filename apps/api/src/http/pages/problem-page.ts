import type { Page } from '@kilomega/http'
import { contentPolicy, escaped, htmlPage } from './html-page.js'

type Problem = Parameters<Page['problem']>[0]

interface Words {
  title: string
  body: string
}

const again = 'Open the link in the mail again, and press the button there.'

const wordsOf: Readonly<Record<string, Words>> = {
  RATE_LIMITED: { title: 'Too many attempts', body: 'Wait a minute and try again. Your link still works.' },
  ORIGIN_NOT_ALLOWED: { title: 'This came from somewhere else', body: `The form was not sent from our own page, so nothing was done. ${again}` },
  NOT_OURS: { title: 'Something is wrong on our side', body: 'Try again later. If it happens again, give us the number below.' },
  BUSY: { title: 'We are busy right now', body: 'Try again in a moment. Your link still works, unless the request has succeeded after all.' },
  UNREADABLE: { title: 'This could not be read', body: `Nothing was done. ${again}` },
}

function general({ code, status }: Problem): Words {
  const name = status === 503 || status === 504 || status === 408 ? 'BUSY' : status >= 500 ? 'NOT_OURS' : 'UNREADABLE'
  return wordsOf[code] ?? wordsOf[name]!
}

/** Makes a page that explains a problem to a person. `words` replaces the general text of some codes for one page. The number finds the request in logs. */
export const pageWith = (words: Readonly<Record<string, Words>>): Page => ({
  contentPolicy,
  problem: (problem) => {
    const { title, body } = words[problem.code] ?? general(problem)
    return htmlPage(title, `<p>${body}</p>\n<p class="quiet">Request number: ${escaped(problem.requestId)}</p>`)
  },
})
