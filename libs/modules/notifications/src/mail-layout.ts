/** All mail programs understand tables and inline styles; `color-scheme` keeps those in dark mode from inverting colours. */
export const htmlLayout = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{subject}}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background: #16181d !important }
  .card { background: #22252c !important; border-color: #343842 !important }
  .words { color: #e8eaf0 !important }
  .quiet { color: #a3a9b8 !important }
  .code { background: #16181d !important; color: #e8eaf0 !important }
}
</style>
</head>
<body class="page" style="margin:0;background:#f3f4f7">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f7">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif">
<tr><td class="quiet" style="padding:0 8px 16px;color:#5d6475;font-size:14px;font-weight:600">{{productName}}</td></tr>
<tr><td class="card" style="padding:32px;background:#ffffff;border:1px solid #e2e5ec;border-radius:12px">
<h1 class="words" style="margin:0 0 16px;color:#1b1e26;font-size:22px;line-height:1.3">{{heading}}</h1>
{% for paragraph in paragraphs %}
<p class="words" style="margin:0 0 16px;color:#1b1e26;font-size:16px;line-height:1.5">{{paragraph}}</p>
{% endfor %}
{% if action %}
<p style="margin:24px 0"><a href="{{action.url}}" style="display:inline-block;padding:12px 24px;background:#2f5bea;border-radius:8px;color:#ffffff;font-size:16px;font-weight:600;text-decoration:none">{{action.label}}</a></p>
<p class="quiet" style="margin:0 0 8px;color:#5d6475;font-size:14px;line-height:1.5">Does the button not work? Use this code:</p>
<p class="code" style="margin:0;padding:12px;background:#f3f4f7;border-radius:8px;color:#1b1e26;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;word-break:break-all">{{action.token}}</p>
{% endif %}
</td></tr>
<tr><td class="quiet" style="padding:16px 8px 0;color:#5d6475;font-size:13px;line-height:1.5">{{footer}}{% if unsubscribe %} <a href="{{unsubscribe.url}}" class="quiet" style="color:#5d6475">Stop mails like this</a>{% endif %}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`

/** The token is on a line of its own, so that a program finds it. */
export const textLayout = `{{heading}}

{% for paragraph in paragraphs -%}
{{paragraph}}

{% endfor -%}
{% if action -%}
{{action.label}}:
{{action.url}}

Or use this code:

{{action.token}}

{% endif -%}
--
{{productName}}. {{footer}}
{% if unsubscribe -%}
Stop mails like this: {{unsubscribe.url}}
{% endif -%}
`
