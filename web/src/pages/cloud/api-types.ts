// Made by scripts/api-types.mjs from schema/gsscloud-openapi.json; do not edit.

export interface components {
  schemas: {
    /** One agent. */
    AgentOverview: {
      /** How far its clock is ahead of ours, in milliseconds. */
      clock_offset_ms?: number;
      /** Since when. */
      connected_since?: string;
      /** When it was enrolled. */
      created_at: string;
      /** By which way. */
      door?: components['schemas']["Door"];
      /** When another copy of it was noticed. */
      duplicate_at?: string;
      /** Its sources in a few figures, of the newest report of each; absent for a moment where very many agents are looked at. */
      fleet?: components['schemas']["Figures"];
      /** When something came last; absent if nothing ever did. */
      heard_at?: string;
      /** Its name in addresses. */
      id: string;
      /** What needs attention about it. */
      issues: (components['schemas']["CloudIssue"])[];
      /** What is kept of them. */
      kept: components['schemas']["Kept"];
      /** How old the newest item of the last batch was when it came, in milliseconds. */
      lag_ms?: number;
      /** What became of its items, since it was enrolled. */
      ledger: components['schemas']["Counts"];
      /** What people call it. */
      name: string;
      /** Whether it is connected. */
      online: boolean;
      /** When its tokens were taken from it. */
      revoked_at?: string;
      /** The time of a round trip, in milliseconds. */
      round_trip_ms?: number;
      /** The name that its operator gave it there. */
      site?: string;
      /** The version of it. */
      version?: string;
    };
    /** Who calls. */
    Caller: {
      /** Whether they manage agents and users. */
      admin: boolean;
      /** By which they logged in. */
      user?: string;
      /** `nobody` or `user`. */
      who: string;
    };
    /** One thing that needs attention. */
    CloudIssue: {
      /** The agent. */
      agent_id: string;
      /** What it is. */
      code: components['schemas']["CloudIssueCode"];
      /** What to do about it. */
      detail: string;
      /** The same as long as the issue lasts. */
      id: string;
      /** How bad it is. */
      severity: components['schemas']["Severity"];
      /** Since when. */
      since: string;
      /** In a few words. */
      title: string;
    };
    /** What can need attention about an agent. */
    CloudIssueCode: ("agent_gone" | "agent_never_seen" | "agent_duplicate" | "agent_clock");
    /** All of them. */
    CloudIssues: {
      /** Worst first, then oldest first. */
      issues: (components['schemas']["CloudIssue"])[];
    };
    /** Sources of one sort. */
    Count: {
      /** How many are in a state that asks for attention: `hot`, `not_hashing`, `offline`, `auth`, `degraded` or `stale`. */
      attention: number;
      /** How many of each state. */
      by_state: Record<string, number>;
      /** All of them, disabled ones included. */
      total: number;
    };
    /** What became of items, over all epochs since the agent was enrolled. */
    Counts: {
      /** Epochs that ended with an unknown number of items lost. */
      epochs_lost: number;
      /** Items that the agent had no memory for. */
      lost: number;
      /** Items that were refused here. */
      refused: number;
      /** Items that were stored. */
      stored: number;
      /** Bytes that they took in the log. */
      stored_bytes: number;
      /** Items that the agent left out so that others could be kept. */
      thinned: number;
    };
    /** By which way an agent sends. */
    Door: ("websocket" | "post");
    /** What was stored and is not kept any more. */
    Dropped: {
      /** Nothing that came before this is kept. */
      before?: string;
      /** How many bytes they took. */
      bytes: number;
      /** How many items. */
      items: number;
    };
    /** An agent and its token. */
    Enrolled: {
      /** Its name in addresses. */
      id: string;
      /** What people call it. */
      name: string;
      /** Shown once, and kept nowhere. */
      token: string;
    };
    /** An agent to be enrolled. */
    Enrolment: {
      /** What it is called. */
      name: string;
    };
    /** The sources of an agent, in a few figures. */
    Figures: {
      /** Hashrate by algorithm. */
      hashing: Record<string, components['schemas']["HashingTotal"]>;
      /** Mining devices, by state. */
      miners: components['schemas']["Count"];
      /** All sources. */
      sources: number;
      /** Power of all that report it, in watts. */
      watts?: number;
    };
    /** Hashrate of one algorithm. */
    HashingTotal: {
      /** The sum of what they do now, in hashes per second. */
      current_hps: number;
      /** Power over hashrate of those that report both. */
      efficiency_joules_per_terahash?: number;
      /** The sum of what they should do. */
      expected_hps: number;
      /** Miners of this algorithm. */
      miners: number;
    };
    /** What is kept of an agent, and what is not any more. */
    Kept: {
      /** Bytes of records. */
      bytes: number;
      /** What the retention took. */
      dropped: components['schemas']["Dropped"];
      /** When the oldest of them came. */
      oldest_at?: string;
    };
    /** Another password of somebody. */
    NewPassword: {
      /** The one to come. */
      password: string;
    };
    /** Somebody to be added. */
    NewUser: {
      /** Whether they manage agents and users, and see every agent. */
      admin?: boolean;
      /** By which they log in. */
      name: string;
      /** Their password, to be changed by them. */
      password: string;
    };
    /** The agents that somebody sees. */
    Overview: {
      /** Sorted by id. */
      agents: (components['schemas']["AgentOverview"])[];
      /** The time of this receiver. */
      generated_at: string;
      /** How much is kept of each. */
      retention: components['schemas']["Retention"];
    };
    /** How much is kept of one agent. */
    Retention: {
      /** So long, in seconds. */
      age_secs: number;
      /** So many bytes, as they are kept. */
      bytes: number;
    };
    /** How bad something is. */
    Severity: ("info" | "warning" | "critical");
    /** Somebody. */
    UserShown: {
      /** Whether they manage agents and users, and see every agent. */
      admin: boolean;
      /** The agents that they see. */
      agents: (string)[];
      /** When they were added. */
      created_at: string;
      /** By which they log in. */
      name: string;
    };
    /** Everybody. */
    Users: {
      /** Sorted by name. */
      users: (components['schemas']["UserShown"])[];
    };
  };
}
