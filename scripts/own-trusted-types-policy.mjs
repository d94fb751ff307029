/**
 * Gives the Lit that is built into the script-tag file a Trusted Types policy of the chat's own name. Under its usual name
 * it throws where a page allows `trusted-types chat-stream` alone, and collides with a page's own Lit.
 */
export default function ownTrustedTypesPolicy() {
  return {
    name: 'own-trusted-types-policy',
    transform(code, id) {
      if (!/\/lit-html\/(development\/)?lit-html\.js$/.test(id)) return null;
      const renamed = code.replace(/createPolicy\((['"])lit-html\1/, "createPolicy('chat-stream'");
      if (renamed === code) this.error('lit-html makes its policy in another way than is known here.');
      return { code: renamed, map: null };
    },
  };
}
