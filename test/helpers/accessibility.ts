import type { CDPSession, Page } from 'playwright-core';

/** Properties of a node that are told, where they say something. */
const STATES = ['expanded', 'hasPopup', 'modal', 'pressed', 'disabled'];

const sessions = new WeakMap<Page, Promise<CDPSession>>();

const nodesOf = async (page: Page) => {
  let session = sessions.get(page);
  if (!session) sessions.set(page, (session = page.context().newCDPSession(page)));
  return (await (await session).send('Accessibility.getFullAXTree')).nodes;
};

type AccessibleNode = Awaited<ReturnType<typeof nodesOf>>[number];

/** What Chromium tells an assistive device, in reading order: role, name and states of each node, e.g. `button "Copy"`. */
export async function exposed(page: Page, ...roles: readonly string[]): Promise<string[]> {
  const nodes = await nodesOf(page);
  const children = new Map(nodes.map((node) => [node.nodeId, node]));
  const inOrder = (node: AccessibleNode | undefined): AccessibleNode[] =>
    node ? [node, ...(node.childIds ?? []).flatMap((id) => inOrder(children.get(id)))] : [];
  return inOrder(nodes[0])
    .filter(({ ignored, role }) => !ignored && roles.includes(String(role?.value)))
    .map(told);
}

/** What has the focus, as an assistive device is told; `body` where nothing has. */
export async function focused(page: Page): Promise<string> {
  const holders = (await nodesOf(page)).filter(
    ({ ignored, role, properties = [] }) =>
      !ignored &&
      role?.value !== 'RootWebArea' &&
      properties.some(({ name, value }) => name === 'focused' && value.value === true),
  );
  const last = holders.at(-1);
  return last ? told(last) : 'body';
}

function told({ role, name: label, properties = [] }: AccessibleNode): string {
  const states = properties
    .filter(({ name, value }) => STATES.includes(name) && value.value !== '')
    .filter(({ name, value }) => name === 'expanded' || value.value !== false)
    .map(({ name, value }) => `${name}=${String(value.value)}`);
  return [role?.value, `"${String(label?.value)}"`, ...states].join(' ');
}
