//! Where a question begins.

use super::{
    addresses::Addresses,
    ask::Question,
    interface::{Interface, Side},
    place::Place,
    stop::Stop,
};

/// The prefix list of CloudFront's servers.
const CLOUDFRONT: &str = "com.amazonaws.global.cloudfront.origin-facing";

/// Who begins.
pub(super) enum From {
    Inside(Vec<Interface>),
    Outside(Side),
}

impl Question<'_> {
    pub(super) fn begin(&self) -> Result<From, Stop> {
        Ok(match self.source {
            Place::Internet => From::Outside(Side::public("internet", Vec::new(), true)),
            Place::CloudFront => From::Outside(Side::public("CloudFront", vec![CLOUDFRONT.to_owned()], false)),
            Place::Addresses(cidr) => {
                let inside: Vec<_> = self
                    .network
                    .subnets
                    .iter()
                    .filter(|(_, subnet)| subnet.cidr.contains(cidr) || cidr.contains(&subnet.cidr))
                    .map(|(name, _)| Interface {
                        name: cidr.to_string(),
                        subnet: name.clone(),
                        groups: None,
                        public: false,
                    })
                    .collect();
                let public = Addresses::public().within(*cidr);
                if inside.is_empty() && public.is_empty() {
                    return Err(Stop::Unknown(format!("where {cidr} is, is not described")));
                }
                if inside.is_empty() {
                    From::Outside(Side { addresses: public, ..Side::public(&cidr.to_string(), Vec::new(), true) })
                } else {
                    From::Inside(inside)
                }
            }
            own => From::Inside(self.interfaces(own)?.into_iter().map(|(interface, _)| interface).collect()),
        })
    }
}
