//! What upstream reports, whatever the maker: shares, rates, pools.
