//! Answers that come in pages, and the default of a quota that nobody has changed.

use driftless::aws::{acm::Certificates, ec2::Networks, elbv2::LoadBalancers, servicequotas::quota};

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
