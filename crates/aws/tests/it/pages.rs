//! Answers that come in pages, and the default of a quota that nobody has changed.

use aws::{acm::Certificates, ec2::Networks, ecs::Ecs, elbv2::LoadBalancers, s3::Bucket, servicequotas::quota};

use super::errors::play;

#[tokio::test]
async fn certificates_are_read_to_the_last_page() {
    let first = r#"{"CertificateSummaryList":[{"DomainName":"a.example.com","Status":"ISSUED"}],"NextToken":"more"}"#;
    let second = r#"{"CertificateSummaryList":[{"DomainName":"b.example.com","Status":"FAILED"}]}"#;
    let (account, _) = play(&[(200, first), (200, second)]).await;
    let found = Certificates::new(&account).list().await.unwrap();
    assert_eq!(found.iter().map(|it| it.domain_name.as_str()).collect::<Vec<_>>(), ["a.example.com", "b.example.com"]);
}

#[tokio::test]
async fn networks_are_counted_to_the_last_page() {
    let first = "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId><vpcSet>\
                 <item><vpcId>vpc-1</vpcId><tagSet><item><key>a</key></item></tagSet></item><item><vpcId>vpc-2</vpcId>\
                 </item></vpcSet><nextToken>more</nextToken></DescribeVpcsResponse>";
    let second = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-3</vpcId></item></vpcSet></DescribeVpcsResponse>";
    let none = "<DescribeAddressesResponse><requestId>r</requestId><addressesSet/></DescribeAddressesResponse>";
    let (account, _) = play(&[(200, first), (200, second), (200, none)]).await;
    let networks = Networks::new(&account);
    assert_eq!((networks.vpcs().await.unwrap(), networks.addresses().await.unwrap()), (3, 0));
}

#[tokio::test]
async fn load_balancers_of_another_kind_do_not_count() {
    let first = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><Type>application\
                 </Type></member><member><Type>network</Type></member></LoadBalancers><NextMarker>more</NextMarker>\
                 </DescribeLoadBalancersResult></DescribeLoadBalancersResponse>";
    let second = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><Type>application\
                  </Type></member></LoadBalancers></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>";
    let (account, _) = play(&[(200, first), (200, second)]).await;
    assert_eq!(LoadBalancers::new(&account).count().await.unwrap(), 2);
}

#[tokio::test]
async fn a_quota_that_nobody_changed_has_its_default() {
    let unknown = r#"{"__type":"NoSuchResourceException","message":"no applied value"}"#;
    let (account, script) = play(&[(400, unknown), (200, r#"{"Quota":{"Value":5.0}}"#)]).await;
    assert!((quota(&account, "vpc", "L-F678F1CE").await.unwrap() - 5.0).abs() < f64::EPSILON);
    assert_eq!(script.seen()[1]["x-amz-target"], "ServiceQuotasV20190624.GetAWSDefaultServiceQuota");
}

#[tokio::test]
async fn the_newest_deployment_may_be_on_the_last_page() {
    let first = r#"{"serviceDeployments":[{"serviceDeploymentArn":"old","createdAt":1}],"nextToken":"more"}"#;
    let second = r#"{"serviceDeployments":[{"serviceDeploymentArn":"new","createdAt":2}]}"#;
    let (account, script) = play(&[(200, first), (200, second), (200, r#"{"serviceDeployments":[]}"#)]).await;
    Ecs::new(&account).service_deployments("items-dev", "backend").await.unwrap();
    assert_eq!(script.seen().len(), 3, "two pages, then what is on them");
}

#[tokio::test]
async fn a_bucket_of_another_account_is_refused() {
    let (account, script) = play(&[(200, ""), (403, ""), (200, "")]).await;
    let bucket = Bucket::new(&account, "items-state", "123456789012");
    assert!(bucket.exists().await.unwrap());
    assert!(bucket.get("dev.tfstate").await.is_err());
    bucket.create().await.unwrap();
    let owners: Vec<_> = script.seen().iter().map(|seen| seen.get("x-amz-expected-bucket-owner").cloned()).collect();
    assert_eq!(owners[..2], [Some("123456789012".parse().unwrap()), Some("123456789012".parse().unwrap())]);
    assert_eq!(owners[2], None, "there is no such header where it is made");
}

#[tokio::test]
async fn a_nat_gateway_that_is_deleted_is_still_listed() {
    let deleted = "<DescribeNatGatewaysResponse><natGatewaySet><item><state>deleted</state></item></natGatewaySet>\
                   </DescribeNatGatewaysResponse>";
    let available = "<DescribeNatGatewaysResponse><natGatewaySet><item><state>available</state></item></natGatewaySet>\
                     </DescribeNatGatewaysResponse>";
    let gone =
        "<Response><Errors><Error><Code>NatGatewayNotFound</Code><Message>none</Message></Error></Errors></Response>";
    let (account, _) = play(&[(200, deleted), (200, available), (400, gone)]).await;
    let networks = Networks::new(&account);
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(networks.nat_gateway_is_deleted("nat-1").await.unwrap());
    }
    assert_eq!(found, [true, false, true]);
}
