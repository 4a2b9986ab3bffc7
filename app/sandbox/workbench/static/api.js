// The workbench's own JSON API.

/** The API refused or could not be reached; the message is a sentence for people. */
export class ApiFault extends Error {}

const workspace = new URLSearchParams(location.search).get("workspace");

/** The address of something in the API, in the workspace that the page is at. */
export function address(path, query = {}) {
  const asked = new URLSearchParams(Object.entries({ workspace, ...query }).filter(([, value]) => value));
  return `/workbench/api${path}${asked.size ? `?${asked}` : ""}`;
}

export const get = (path, query = {}) => call("GET", address(path, query));

export const send = (method, path, body) => call(method, address(path), body);

async function call(method, url, body) {
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiFault("The sandbox cannot be reached. Check that it still runs, then try again.");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) {
    throw new ApiFault(answer?.error ?? `The sandbox answered ${response.status} without saying why.`);
  }
  return answer;
}
