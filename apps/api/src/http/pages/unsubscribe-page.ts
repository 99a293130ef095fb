import { escaped, htmlPage } from './html-page.js'
import { pageWith } from './problem-page.js'

export const unsubscribePage = pageWith({
  INVALID_UNSUBSCRIBE_TOKEN: {
    title: 'This link does not work',
    body: 'A part of it is missing, so nothing was changed. Open the complete link from the mail again.',
  },
})

/** The token stays in the URL, to which mail programs post as well. */
export const unsubscribeForm = (token: string): string =>
  htmlPage(
    'Stop these mails?',
    `<p>You will get no more mails of this kind. Everything else stays as it is: other mails, and messages that you see when you are signed in.</p>
<form method="post" action="unsubscribe?token=${escaped(encodeURIComponent(token))}"><button>Stop these mails</button></form>`,
  )

export const unsubscribed = (): string =>
  htmlPage(
    'These mails have stopped',
    '<p>You will get no more mails of this kind. You can turn them on again in your preferences when you are signed in.</p>',
  )
